/* Scenarios in which connections, brokers or leaders go away. */
#include "harness.h"
#include <stddef.h>

static const char *const idempotent[] = {"enable.idempotence", "true", NULL};

static void send_only(rd_kafka_t *producer, int from, int count) {
  for (int i = from; i < from + count; i++) send_to(producer, topic, &(sent_t){.value = text("value-%d", i), .value_size = -1});
}

static void idempotent_disconnects(void) {
  create_topic(topic, 1, 1, NULL);
  rd_kafka_t *one = producer(idempotent);
  for (int from = 0; from < 2000; from += 500) {
    send_only(one, from, 500);
    if (from > 0) ask("{\"ask\":\"drop-connections\"}");
    CALL("sending", delivered(one));
  }
  is_numbered(read_all(topic, 2000, NULL), 0, "value", 0, 2000);
}

static void through_an_end(const char *deed) {
  create_topic(topic, 1, 1, NULL);
  rd_kafka_t *one = producer(idempotent);
  member_t *member = join((const char *[]){"enable.auto.commit", "true", "auto.commit.interval.ms", "200", NULL}, topic);
  send_only(one, 0, 500);
  CALL("sending", delivered(one));
  ask(deed);
  send_only(one, 500, 500);
  CALL("sending", delivered(one));
  UNTIL(different(member) == 1000, 60000, "%d of 1000 records were read", different(member));
  is_numbered(read_all(topic, 1000, NULL), 0, "value", 0, 1000);
}

static void broker_restart(void) { through_an_end("{\"ask\":\"restart-broker\"}"); }
static void broker_kill(void) { through_an_end("{\"ask\":\"kill-broker\"}"); }

static void leader_change(void) {
  create_topic(topic, 1, 3, (const char *[]){"min.insync.replicas", "2", NULL});
  rd_kafka_t *one = producer(idempotent);
  member_t *member = join((const char *[]){"enable.auto.commit", "true", NULL}, topic);
  for (int from = 0; from < 400; from += 100) {
    send_only(one, from, 100);
    if (from > 0) ask(text("{\"ask\":\"move-leader\",\"topic\":\"%s\"}", topic));
    CALL("sending", delivered(one));
  }
  UNTIL(different(member) == 400, 30000, "%d of 400 records were read", different(member));
  is_numbered(read_all(topic, 400, NULL), 0, "value", 0, 400);
}

const scenario_t fault_scenarios[] = {
    {"idempotent-disconnects", idempotent_disconnects, 90},
    {"broker-restart", broker_restart, 240},
    {"broker-kill", broker_kill, 240},
    {"leader-change", leader_change, 240},
    {NULL, NULL, 0},
};
