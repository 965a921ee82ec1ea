/* Scenarios about groups. */
#include "harness.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void hundred(void) {
  create_topic(topic, 1, 1, NULL);
  send_word("value", 0, 100, 1);
}

static void commit_at(member_t *member, int64_t offset) {
  rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(list, topic, 0)->offset = offset;
  CALL("committing", rd_kafka_commit(member->client, list, 0));
  rd_kafka_topic_partition_list_destroy(list);
}

static member_t *resumes_at(int value) {
  member_t *member = join(NULL, topic);
  UNTIL(member->count > 0, 30000, "nothing was read");
  is_numbered(member, 0, "value", value, 1);
  return member;
}

static void read_and_commit(int count) {
  member_t *first = join(NULL, topic);
  UNTIL(first->count >= count, 30000, "%d of %d records were read", first->count, count);
  commit_at(first, count);
  leave(first);
  HOLDS(committed(group, topic) == count, "the committed offset is %lld", (long long)committed(group, topic));
}

static void commit_resume(void) {
  hundred();
  read_and_commit(40);
  member_t *second = resumes_at(40);
  UNTIL(second->count >= 60, 30000, "%d of 60 records were read", second->count);
  is_numbered(second, 0, "value", 40, 60);
}

static void group_offset_alter(void) {
  hundred();
  rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(list, topic, 0)->offset = 25;
  rd_kafka_AlterConsumerGroupOffsets_t *wanted = rd_kafka_AlterConsumerGroupOffsets_new(group, list);
  rd_kafka_queue_t *queue = rd_kafka_queue_new(admin());
  rd_kafka_AlterConsumerGroupOffsets(admin(), &wanted, 1, NULL, queue);
  rd_kafka_event_t *event = rd_kafka_queue_poll(queue, 30000);
  HOLDS(event != NULL, "altering the offset had no answer");
  CALL("altering the offset", rd_kafka_event_error(event));
  rd_kafka_event_destroy(event);
  resumes_at(25);
}

static void subscribe_pattern(void) {
  char base[512], pattern[600];
  snprintf(base, sizeof base, "%s", topic);
  const char *names[] = {text("%s-a", base), text("%s-b", base)};
  rd_kafka_t *one = producer(NULL);
  for (int i = 0; i < 2; i++) {
    create_topic(names[i], 1, 1, NULL);
    CALL("sending", send_numbered(one, names[i], "value", 0, 10, 1));
  }
  snprintf(pattern, sizeof pattern, "^%s-.*", base);
  member_t *member = join(NULL, pattern);
  UNTIL(member->count >= 20, 30000, "%d of 20 records were read", member->count);
  pump_for(500);
  HOLDS(member->count == 20, "%d records were read", member->count);
  int next[2] = {0};
  for (int i = 0; i < 20; i++) {
    int which = member->read[i].topic[strlen(member->read[i].topic) - 1] - 'a';
    HOLDS(strcmp(member->read[i].value, text("value-%d", next[which]++)) == 0, "record %d is %s", i, member->read[i].value);
  }
}

static void share(member_t *a, member_t *b) {
  UNTIL(a->assigned_count == 2 && b->assigned_count == 2, 30000, "A has %d, B has %d partitions", a->assigned_count, b->assigned_count);
  for (int p = 0; p < 4; p++) HOLDS(a->assigned[p] != b->assigned[p], "partition %d belongs to both or none", p);
}

static void has_all(member_t *member, int timeout_ms) {
  UNTIL(member->assigned_count == 4, timeout_ms, "the member has %d partitions", member->assigned_count);
}

static void group_come_go(void) {
  create_topic(topic, 4, 1, NULL);
  member_t *a = join(NULL, topic);
  has_all(a, 30000);
  member_t *b = join(NULL, topic);
  share(a, b);
  leave(b);
  has_all(a, 30000);
  send_word("value", 0, 40, 4);
  UNTIL(a->count >= 40, 30000, "%d of 40 records were read", a->count);
  pump_for(500);
  HOLDS(a->count == 40 && different(a) == 40, "%d records were read, %d different", a->count, different(a));
}

static const char *const short_session[] = {"session.timeout.ms", "6000", NULL};

int live_until_killed(const char *name, const char *of_group) {
  snprintf(topic, sizeof topic, "%s", name);
  snprintf(group, sizeof group, "%s", of_group);
  join(short_session, topic);
  pump_for(60000);
  return 0;
}

static void group_member_dies(void) {
  create_topic(topic, 4, 1, NULL);
  member_t *a = join(short_session, topic);
  has_all(a, 30000);
  pid_t child = fork();
  if (child == 0) {
    execl("/proc/self/exe", "librdkafka", "--doomed", bootstrap, topic, group, (char *)NULL);
    _exit(1);
  }
  UNTIL(a->assigned_count == 2, 30000, "A has %d partitions", a->assigned_count);
  /* The other has its two as soon as it has its answer. */
  pump_for(1000);
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  has_all(a, 20000);
}

static void static_membership(void) {
  const char *const as_one[] = {"group.instance.id", "one", "session.timeout.ms", "30000", NULL};
  const char *const as_two[] = {"group.instance.id", "two", "session.timeout.ms", "30000", NULL};
  create_topic(topic, 4, 1, NULL);
  member_t *one = join(as_one, topic);
  has_all(one, 30000);
  member_t *two = join(as_two, topic);
  share(one, two);
  bool before[4];
  memcpy(before, one->assigned, sizeof before);
  two->lost_count = 0;
  leave(one);
  member_t *again = join(as_one, topic);
  UNTIL(again->assigned_count == 2, 30000, "the returned member has %d partitions", again->assigned_count);
  HOLDS(memcmp(before, again->assigned, sizeof before) == 0, "the returned member has other partitions");
  pump_for(1000);
  HOLDS(two->lost_count == 0, "the other member lost %d partitions", two->lost_count);
}

static void cooperative_rebalance(void) {
  const char *const cooperative[] = {"partition.assignment.strategy", "cooperative-sticky", NULL};
  create_topic(topic, 4, 1, NULL);
  member_t *a = join(cooperative, topic);
  has_all(a, 30000);
  member_t *b = join(cooperative, topic);
  share(a, b);
  HOLDS(a->lost_count == 2, "A lost %d partitions", a->lost_count);
  for (int i = 0; i < 2; i++) HOLDS(b->assigned[a->lost[i]], "A lost partition %d, which B has not", a->lost[i]);
}

static void error_fenced(void) {
  const char *const as_one[] = {"group.instance.id", "one", NULL};
  create_topic(topic, 1, 1, NULL);
  member_t *a = join(as_one, topic);
  UNTIL(a->assigned_count == 1, 30000, "A has no partition");
  member_t *b = join(as_one, topic);
  UNTIL(a->failure != 0, 30000, "A goes on");
  HOLDS(a->failure == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID, "A was told %s", rd_kafka_err2name(a->failure));
  UNTIL(b->assigned_count == 1, 30000, "B has no partition");
}

static void old_protocol(void) {
  const char *const old[] = {"api.version.request", "false", "broker.version.fallback", "0.11.0", NULL};
  create_topic(topic, 1, 1, NULL);
  CALL("sending", send_numbered(producer(old), topic, "value", 0, 100, 1));
  is_numbered(read_all(topic, 100, old), 0, "value", 0, 100);
  member_t *first = join(old, topic);
  UNTIL(first->count >= 50, 30000, "%d of 50 records were read", first->count);
  commit_at(first, 50);
  leave(first);
  member_t *second = join(old, topic);
  UNTIL(second->count > 0, 30000, "nothing was read");
  is_numbered(second, 0, "value", 50, 1);
}

const scenario_t group_scenarios[] = {
    {"commit-resume", commit_resume, 60},
    {"group-offset-alter", group_offset_alter, 60},
    {"subscribe-pattern", subscribe_pattern, 60},
    {"group-come-go", group_come_go, 90},
    {"group-member-dies", group_member_dies, 90},
    {"static-membership", static_membership, 90},
    {"cooperative-rebalance", cooperative_rebalance, 90},
    {"error-fenced", error_fenced, 90},
    {"old-protocol", old_protocol, 60},
    {NULL, NULL, 0},
};
