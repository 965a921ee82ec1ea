/** How a principal crosses from one broker to another, as Apache Kafka's own principals do (KIP-590). */
import { bool, string } from "../schema/fields.js";
import { message } from "../schema/message.js";

export const DefaultPrincipalData = message({
  name: "DefaultPrincipalData",
  versions: "0",
  flexible: "0+",
  fields: { type: string(), name: string(), tokenAuthenticated: bool() },
});
