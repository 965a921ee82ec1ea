/* Scenarios of the administration client, and of what a broker refuses. */
#include "harness.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void metadata(void) {
  create_topic(topic, 3, 1, NULL);
  rd_kafka_topic_t *handle = rd_kafka_topic_new(admin(), topic, NULL);
  const struct rd_kafka_metadata *seen;
  CALL("asking for the metadata", rd_kafka_metadata(admin(), 0, handle, &seen, 20000));
  HOLDS(seen->broker_cnt >= 1 && seen->topic_cnt == 1 && seen->topics[0].partition_cnt == 3, "the topic has %d partitions", seen->topics[0].partition_cnt);
  for (int i = 0; i < seen->broker_cnt; i++) HOLDS(seen->brokers[i].host[0] != 0 && seen->brokers[i].port > 0, "a broker has no address");
  for (int i = 0; i < 3; i++) {
    const struct rd_kafka_metadata_partition *partition = &seen->topics[0].partitions[i];
    bool known = false, replica = false, in_sync = false;
    for (int b = 0; b < seen->broker_cnt; b++) known = known || seen->brokers[b].id == partition->leader;
    for (int r = 0; r < partition->replica_cnt; r++) replica = replica || partition->replicas[r] == partition->leader;
    for (int r = 0; r < partition->isr_cnt; r++) in_sync = in_sync || partition->isrs[r] == partition->leader;
    HOLDS(partition->id == i && known && replica && in_sync, "partition %d has leader %d", partition->id, partition->leader);
  }
  char *cluster_id = rd_kafka_clusterid(admin(), 10000);
  HOLDS(cluster_id != NULL && cluster_id[0] != 0, "the cluster id is empty");
}

/* The answer of an administration call that was sent to the queue. */
static rd_kafka_event_t *answer(rd_kafka_queue_t *queue) {
  rd_kafka_event_t *event = rd_kafka_queue_poll(queue, 30000);
  HOLDS(event != NULL, "an administration call had no answer");
  return event;
}

static rd_kafka_resp_err_t delete_topic(void) {
  rd_kafka_DeleteTopic_t *wanted = rd_kafka_DeleteTopic_new(topic);
  rd_kafka_queue_t *queue = rd_kafka_queue_new(admin());
  rd_kafka_DeleteTopics(admin(), &wanted, 1, NULL, queue);
  size_t count;
  const rd_kafka_topic_result_t **results = rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(answer(queue)), &count);
  return rd_kafka_topic_result_error(results[0]);
}

static void topic_create_delete(void) {
  create_topic(topic, 2, 1, (const char *[]){"retention.ms", "3600000", NULL});
  rd_kafka_resp_err_t error = create_topic_once(topic, 2, 1, NULL);
  HOLDS(error == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS, "creating it again: %s", rd_kafka_err2name(error));
  UNTIL(is_listed(topic), 10000, "the topic is not listed");
  CALL("deleting", delete_topic());
  UNTIL(!is_listed(topic), 15000, "the deleted topic is listed");
  error = delete_topic();
  HOLDS(error == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, "deleting it again: %s", rd_kafka_err2name(error));
}

/* The value of a config in `value`, or how many there are when `name` is NULL. */
static size_t describe(rd_kafka_ResourceType_t type, const char *resource, const char *name, char *value) {
  rd_kafka_ConfigResource_t *wanted = rd_kafka_ConfigResource_new(type, resource);
  rd_kafka_queue_t *queue = rd_kafka_queue_new(admin());
  rd_kafka_AdminOptions_t *options = rd_kafka_AdminOptions_new(admin(), RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);
  rd_kafka_DescribeConfigs(admin(), &wanted, 1, options, queue);
  size_t count;
  const rd_kafka_ConfigResource_t **resources =
      rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(answer(queue)), &count);
  CALL("describing configs", rd_kafka_ConfigResource_error(resources[0]));
  const rd_kafka_ConfigEntry_t **entries = rd_kafka_ConfigResource_configs(resources[0], &count);
  for (size_t i = 0; name != NULL && i < count; i++) {
    const char *its = rd_kafka_ConfigEntry_value(entries[i]);
    if (strcmp(rd_kafka_ConfigEntry_name(entries[i]), name) == 0) snprintf(value, 64, "%s", its == NULL ? "" : its);
  }
  return count;
}

static rd_kafka_resp_err_t alter(const char *name, const char *value) {
  rd_kafka_ConfigResource_t *wanted = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic);
  rd_kafka_ConfigResource_set_config(wanted, name, value);
  rd_kafka_queue_t *queue = rd_kafka_queue_new(admin());
  rd_kafka_AlterConfigs(admin(), &wanted, 1, NULL, queue);
  size_t count;
  const rd_kafka_ConfigResource_t **resources = rd_kafka_AlterConfigs_result_resources(rd_kafka_event_AlterConfigs_result(answer(queue)), &count);
  return rd_kafka_ConfigResource_error(resources[0]);
}

static bool topic_has(const char *name, const char *expected) {
  char value[64] = "";
  describe(RD_KAFKA_RESOURCE_TOPIC, topic, name, value);
  return strcmp(value, expected) == 0;
}

static void admin_configs(void) {
  create_topic(topic, 1, 1, (const char *[]){"retention.ms", "3600000", NULL});
  HOLDS(topic_has("retention.ms", "3600000"), "retention.ms is another");
  HOLDS(topic_has("cleanup.policy", "delete"), "cleanup.policy is another");
  CALL("altering", alter("retention.ms", "7200000"));
  UNTIL(topic_has("retention.ms", "7200000"), 5000, "the config is as before");
  rd_kafka_resp_err_t error = alter("retention.ms", "many");
  HOLDS(error == RD_KAFKA_RESP_ERR_INVALID_CONFIG, "a wrong value: %s", rd_kafka_err2name(error));
  const struct rd_kafka_metadata *seen;
  CALL("asking for the metadata", rd_kafka_metadata(admin(), 0, NULL, &seen, 20000));
  size_t count = describe(RD_KAFKA_RESOURCE_BROKER, text("%d", seen->brokers[0].id), NULL, NULL);
  HOLDS(count > 10, "a broker has %zu configs", count);
}

static int partitions_known(rd_kafka_t *client) {
  rd_kafka_topic_t *handle = rd_kafka_topic_new(client, topic, NULL);
  const struct rd_kafka_metadata *seen;
  CALL("asking for the metadata", rd_kafka_metadata(client, 0, handle, &seen, 20000));
  int count = seen->topics[0].partition_cnt;
  rd_kafka_metadata_destroy(seen);
  return count;
}

static void partitions_added(void) {
  const char *const fresh[] = {"topic.metadata.refresh.interval.ms", "1000", NULL};
  create_topic(topic, 2, 1, NULL);
  member_t *member = join(fresh, topic);
  rd_kafka_t *one = producer(fresh);
  CALL("sending", send_numbered(one, topic, "value", 0, 100, 2));
  char why[256];
  rd_kafka_NewPartitions_t *wanted = rd_kafka_NewPartitions_new(topic, 4, why, sizeof why);
  rd_kafka_queue_t *queue = rd_kafka_queue_new(admin());
  rd_kafka_CreatePartitions(admin(), &wanted, 1, NULL, queue);
  size_t count;
  const rd_kafka_topic_result_t **results = rd_kafka_CreatePartitions_result_topics(rd_kafka_event_CreatePartitions_result(answer(queue)), &count);
  CALL("adding partitions", rd_kafka_topic_result_error(results[0]));
  UNTIL(partitions_known(one) == 4, 20000, "the producer does not know 4 partitions");
  CALL("sending", send_numbered(one, topic, "value", 100, 100, 4));
  /* A rebalance may begin again where the last commit was. */
  UNTIL(different(member) == 200, 30000, "%d of 200 records were read", different(member));
  bool seen[200] = {false};
  int in[4] = {0};
  for (int i = 0; i < member->count; i++) {
    int number = atoi(member->read[i].value + strlen("value-"));
    if (!seen[number]) in[member->read[i].partition]++;
    seen[number] = true;
  }
  HOLDS(in[2] == 25 && in[3] == 25, "the new partitions have %d and %d records", in[2], in[3]);
}

static void delete_records(void) {
  create_topic(topic, 1, 1, NULL);
  send_word("value", 0, 100, 1);
  rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(list, topic, 0)->offset = 60;
  rd_kafka_DeleteRecords_t *wanted = rd_kafka_DeleteRecords_new(list);
  rd_kafka_queue_t *queue = rd_kafka_queue_new(admin());
  rd_kafka_DeleteRecords(admin(), &wanted, 1, NULL, queue);
  CALL("deleting records", rd_kafka_event_error(answer(queue)));
  int64_t low, high;
  CALL("asking for the bounds", rd_kafka_query_watermark_offsets(admin(), topic, 0, &low, &high, 20000));
  HOLDS(low == 60 && high == 100, "the offsets go from %lld to %lld", (long long)low, (long long)high);
  is_numbered(read_all(topic, 40, NULL), 0, "value", 60, 40);
}

static bool group_is_listed(void) {
  rd_kafka_queue_t *queue = rd_kafka_queue_new(admin());
  rd_kafka_ListConsumerGroups(admin(), NULL, queue);
  size_t count;
  const rd_kafka_ConsumerGroupListing_t **groups =
      rd_kafka_ListConsumerGroups_result_valid(rd_kafka_event_ListConsumerGroups_result(answer(queue)), &count);
  bool found = false;
  for (size_t i = 0; i < count; i++) found = found || strcmp(rd_kafka_ConsumerGroupListing_group_id(groups[i]), group) == 0;
  return found;
}

static const rd_kafka_ConsumerGroupDescription_t *described(void) {
  const char *names[] = {group};
  rd_kafka_queue_t *queue = rd_kafka_queue_new(admin());
  rd_kafka_DescribeConsumerGroups(admin(), names, 1, NULL, queue);
  size_t count;
  return rd_kafka_DescribeConsumerGroups_result_groups(rd_kafka_event_DescribeConsumerGroups_result(answer(queue)), &count)[0];
}

static void describe_groups_lag(void) {
  create_topic(topic, 1, 1, NULL);
  send_word("value", 0, 100, 1);
  member_t *member = join(NULL, topic);
  UNTIL(member->assigned_count == 1, 30000, "the member has no partition");
  rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(list, topic, 0)->offset = 30;
  CALL("committing", rd_kafka_commit(member->client, list, 0));
  HOLDS(group_is_listed(), "the group is not listed");
  const rd_kafka_ConsumerGroupDescription_t *seen = described();
  HOLDS(rd_kafka_ConsumerGroupDescription_state(seen) == RD_KAFKA_CONSUMER_GROUP_STATE_STABLE, "the group is not stable");
  HOLDS(rd_kafka_ConsumerGroupDescription_member_count(seen) == 1, "the group has not one member");
  const char *client_id = rd_kafka_MemberDescription_client_id(rd_kafka_ConsumerGroupDescription_member(seen, 0));
  HOLDS(strcmp(client_id, "compat-librdkafka") == 0, "the member's client id is %s", client_id);
  int64_t low, high;
  CALL("asking for the bounds", rd_kafka_query_watermark_offsets(admin(), topic, 0, &low, &high, 20000));
  HOLDS(high - committed(group, topic) == 70, "the lag is %lld", (long long)(high - committed(group, topic)));
  leave(member);
  UNTIL(rd_kafka_ConsumerGroupDescription_state(described()) == RD_KAFKA_CONSUMER_GROUP_STATE_EMPTY, 15000, "the group is not empty");
  rd_kafka_DeleteGroup_t *wanted = rd_kafka_DeleteGroup_new(group);
  rd_kafka_queue_t *queue = rd_kafka_queue_new(admin());
  rd_kafka_DeleteGroups(admin(), &wanted, 1, NULL, queue);
  size_t count;
  const rd_kafka_group_result_t **results = rd_kafka_DeleteGroups_result_groups(rd_kafka_event_DeleteGroups_result(answer(queue)), &count);
  HOLDS(rd_kafka_group_result_error(results[0]) == NULL, "deleting the group: %s", rd_kafka_error_name(rd_kafka_group_result_error(results[0])));
  HOLDS(!group_is_listed(), "the deleted group is listed");
}

static void error_unknown_topic(void) {
  rd_kafka_t *one = producer((const char *[]){"message.timeout.ms", "10000", NULL});
  rd_kafka_resp_err_t error = send_numbered(one, topic, "v", 0, 1, 1);
  HOLDS(error == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC || error == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART || error == RD_KAFKA_RESP_ERR__MSG_TIMED_OUT,
        "sending to an unknown topic: %s", rd_kafka_err2name(error));
  HOLDS(!is_listed(topic), "the topic was created");
}

static void error_too_large(void) {
  create_topic(topic, 1, 1, (const char *[]){"max.message.bytes", "10000", NULL});
  rd_kafka_t *one = producer(NULL);
  char large[20001];
  memset(large, 'x', 20000);
  large[20000] = 0;
  send_to(one, topic, &(sent_t){.value = large, .value_size = -1});
  rd_kafka_resp_err_t error = delivered(one);
  HOLDS(error == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, "a large record: %s", rd_kafka_err2name(error));
  CALL("sending a small one", send_numbered(one, topic, "small", 0, 1, 1));
  is_numbered(read_all(topic, 1, NULL), 0, "small", 0, 1);
}

static void error_null_key(void) {
  create_topic(topic, 1, 1, (const char *[]){"cleanup.policy", "compact", NULL});
  rd_kafka_t *one = producer(NULL);
  rd_kafka_resp_err_t error = send_numbered(one, topic, "v", 0, 1, 1);
  HOLDS(error == RD_KAFKA_RESP_ERR_INVALID_RECORD, "a record without a key: %s", rd_kafka_err2name(error));
  send_to(one, topic, &(sent_t){.key = "k", .value = "v-0", .value_size = -1});
  CALL("sending one with a key", delivered(one));
  is_numbered(read_all(topic, 1, NULL), 0, "v", 0, 1);
}

const scenario_t admin_scenarios[] = {
    {"metadata", metadata, 60},
    {"topic-create-delete", topic_create_delete, 60},
    {"admin-configs", admin_configs, 60},
    {"partitions-added", partitions_added, 90},
    {"delete-records", delete_records, 60},
    {"describe-groups-lag", describe_groups_lag, 60},
    {"error-unknown-topic", error_unknown_topic, 60},
    {"error-too-large", error_too_large, 60},
    {"error-null-key", error_null_key, 60},
    {NULL, NULL, 0},
};
