/**
 * What a broker says of itself in ApiVersions (KIP-511). To who says so, the APIs that only brokers use among themselves
 * are listed too: clients shall not see them, as at Apache Kafka's listeners for clients.
 */
export const brokerSoftware = { name: "samsa-broker", version: "1" } as const;
