/** The topics in which coordinators keep their state. Clients may read but not write, delete or create them. */
export const groupTopic = "__consumer_offsets";
export const transactionTopic = "__transaction_state";
export const shareTopic = "__share_group_state";

const internalTopics: ReadonlySet<string> = new Set([groupTopic, transactionTopic, shareTopic]);

export function isInternalTopic(name: string): boolean {
  return internalTopics.has(name);
}
