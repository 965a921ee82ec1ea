/** 16 zero bytes in Kafka's text form: no id. */
export const ZERO_UUID = "AAAAAAAAAAAAAAAAAAAAAA";
