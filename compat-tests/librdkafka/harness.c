/* What the scenarios work with: see harness.h. */
#include "harness.h"
#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CLIENTS_MAX 64
#define TEXTS 64

extern jmp_buf give_up;
extern char message[1024];
extern bool was_refused;

static rd_kafka_t *clients[CLIENTS_MAX];
static int client_count;
static member_t *members[CLIENTS_MAX];
static int member_count;
static rd_kafka_resp_err_t first_error;
static rd_kafka_t *the_admin;

void fail(const char *format, ...) {
  va_list rest;
  va_start(rest, format);
  vsnprintf(message, sizeof message, format, rest);
  va_end(rest);
  longjmp(give_up, 1);
}

void refused(const char *why) {
  was_refused = true;
  fail("%s", why);
}

int64_t now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

const char *text(const char *format, ...) {
  static char texts[TEXTS][1024];
  static int next;
  char *out = texts[next = (next + 1) % TEXTS];
  va_list rest;
  va_start(rest, format);
  vsnprintf(out, sizeof texts[0], format, rest);
  va_end(rest);
  return out;
}

static rd_kafka_conf_t *conf_of(const char *const *settings) {
  rd_kafka_conf_t *conf = rd_kafka_conf_new();
  char why[512];
  rd_kafka_conf_set(conf, "bootstrap.servers", bootstrap, NULL, 0);
  rd_kafka_conf_set(conf, "client.id", "compat-librdkafka", NULL, 0);
  rd_kafka_conf_set(conf, "log_level", "0", NULL, 0);
  for (; settings != NULL && *settings != NULL; settings += 2) {
    if (rd_kafka_conf_set(conf, settings[0], settings[1], why, sizeof why)) fail("%s", why);
  }
  return conf;
}

static rd_kafka_t *open_client(rd_kafka_type_t type, rd_kafka_conf_t *conf) {
  char why[512];
  rd_kafka_t *client = rd_kafka_new(type, conf, why, sizeof why);
  HOLDS(client != NULL, "%s", why);
  HOLDS(client_count < CLIENTS_MAX, "too many clients");
  clients[client_count++] = client;
  return client;
}

static void on_delivery(rd_kafka_t *client, const rd_kafka_message_t *record, void *opaque) {
  (void)client, (void)opaque;
  if (record->err && !first_error) first_error = record->err;
}

rd_kafka_t *producer(const char *const *settings) {
  rd_kafka_conf_t *conf = conf_of((const char *[]){"acks", "all", "linger.ms", "5", NULL});
  char why[512];
  for (; settings != NULL && *settings != NULL; settings += 2) {
    if (rd_kafka_conf_set(conf, settings[0], settings[1], why, sizeof why)) fail("%s", why);
  }
  rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
  return open_client(RD_KAFKA_PRODUCER, conf);
}

void send_to(rd_kafka_t *producer, const char *name, const sent_t *record) {
  const char *value = record->value;
  size_t size = value == NULL ? 0 : record->value_size < 0 ? strlen(value) : (size_t)record->value_size;
  size_t key_size = record->key == NULL ? 0 : strlen(record->key);
  for (;;) {
    rd_kafka_resp_err_t error = rd_kafka_producev(
        producer, RD_KAFKA_V_TOPIC(name), RD_KAFKA_V_PARTITION(record->partition),
        RD_KAFKA_V_KEY(record->key, key_size), RD_KAFKA_V_VALUE((void *)value, size),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_TIMESTAMP(record->timestamp),
        RD_KAFKA_V_HEADERS(record->headers == NULL ? NULL : rd_kafka_headers_copy(record->headers)), RD_KAFKA_V_END);
    if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
      if (error && !first_error) first_error = error;
      return;
    }
    rd_kafka_poll(producer, 50);
  }
}

rd_kafka_resp_err_t delivered(rd_kafka_t *producer) {
  rd_kafka_resp_err_t error = rd_kafka_flush(producer, 60000);
  if (first_error) error = first_error;
  first_error = RD_KAFKA_RESP_ERR_NO_ERROR;
  return error;
}

rd_kafka_resp_err_t send_numbered(rd_kafka_t *producer, const char *name, const char *word, int from, int count, int partitions) {
  for (int i = from; i < from + count; i++) {
    sent_t record = {.value = text("%s-%d", word, i), .value_size = -1, .partition = i % partitions};
    send_to(producer, name, &record);
  }
  return delivered(producer);
}

void send_word(const char *word, int from, int count, int partitions) {
  rd_kafka_t *one = producer(NULL);
  CALL("sending", send_numbered(one, topic, word, from, count, partitions));
}

static void note(member_t *member, const rd_kafka_topic_partition_list_t *partitions, bool gained) {
  for (int i = 0; i < partitions->cnt; i++) {
    int partition = partitions->elems[i].partition;
    if (member->assigned[partition] == gained) continue;
    member->assigned[partition] = gained;
    member->assigned_count += gained ? 1 : -1;
    if (!gained && member->lost_count < 256) member->lost[member->lost_count++] = partition;
  }
}

static void on_rebalance(rd_kafka_t *client, rd_kafka_resp_err_t what, rd_kafka_topic_partition_list_t *partitions, void *opaque) {
  bool cooperative = strcmp(rd_kafka_rebalance_protocol(client), "COOPERATIVE") == 0;
  bool gained = what == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS;
  note(opaque, partitions, gained);
  if (cooperative) {
    rd_kafka_error_t *error = gained ? rd_kafka_incremental_assign(client, partitions) : rd_kafka_incremental_unassign(client, partitions);
    if (error != NULL) rd_kafka_error_destroy(error);
  } else {
    rd_kafka_assign(client, gained ? partitions : NULL);
  }
}

member_t *join(const char *const *settings, const char *name) {
  member_t *member = calloc(1, sizeof *member);
  rd_kafka_conf_t *conf = conf_of((const char *[]){"group.id", group, "auto.offset.reset", "earliest", "enable.auto.commit", "false",
                                                   "fetch.wait.max.ms", "100", "heartbeat.interval.ms", "1000", NULL});
  char why[512];
  for (; settings != NULL && *settings != NULL; settings += 2) {
    if (rd_kafka_conf_set(conf, settings[0], settings[1], why, sizeof why)) fail("%s", why);
  }
  rd_kafka_conf_set_opaque(conf, member);
  rd_kafka_conf_set_rebalance_cb(conf, on_rebalance);
  member->client = open_client(RD_KAFKA_CONSUMER, conf);
  rd_kafka_poll_set_consumer(member->client);
  members[member_count++] = member;
  if (name == NULL) return member;
  rd_kafka_topic_partition_list_t *names = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(names, name, RD_KAFKA_PARTITION_UA);
  CALL("subscribing", rd_kafka_subscribe(member->client, names));
  rd_kafka_topic_partition_list_destroy(names);
  return member;
}

static char *copy_of(const void *bytes, size_t size) {
  if (bytes == NULL) return NULL;
  char *copy = malloc(size + 1);
  memcpy(copy, bytes, size);
  copy[size] = 0;
  return copy;
}

static void keep(member_t *member, const rd_kafka_message_t *from) {
  if (member->count == member->room) {
    member->room = member->room == 0 ? 256 : member->room * 2;
    member->read = realloc(member->read, (size_t)member->room * sizeof *member->read);
  }
  record_t *to = &member->read[member->count++];
  memset(to, 0, sizeof *to);
  to->partition = from->partition;
  to->offset = from->offset;
  to->timestamp = rd_kafka_message_timestamp(from, NULL);
  to->topic = copy_of(rd_kafka_topic_name(from->rkt), strlen(rd_kafka_topic_name(from->rkt)));
  to->key = copy_of(from->key, to->key_size = from->key_len);
  to->value = copy_of(from->payload, to->value_size = from->len);
  rd_kafka_headers_t *headers;
  const char *name;
  const void *value;
  size_t size;
  if (rd_kafka_message_headers(from, &headers)) return;
  for (size_t i = 0; !rd_kafka_header_get_all(headers, i, &name, &value, &size); i++) {
    size_t at = strlen(to->headers);
    snprintf(to->headers + at, sizeof to->headers - at, "%s=%.*s;", name, (int)size, (const char *)value);
  }
}

void pump(void) {
  bool any = false;
  char why[256];
  for (int i = 0; i < member_count; i++) {
    members[i]->failure = rd_kafka_fatal_error(members[i]->client, why, sizeof why);
    for (int n = 0; n < 2000; n++) {
      rd_kafka_message_t *record = rd_kafka_consumer_poll(members[i]->client, n == 0 ? 10 : 0);
      if (record == NULL) break;
      if (!record->err) keep(members[i], record);
      any = true;
      rd_kafka_message_destroy(record);
    }
  }
  for (int i = 0; i < client_count; i++) {
    if (rd_kafka_type(clients[i]) == RD_KAFKA_PRODUCER) rd_kafka_poll(clients[i], any || member_count > 0 ? 0 : 10);
  }
}

void pump_for(int ms) {
  int64_t end = now_ms() + ms;
  while (now_ms() < end) pump();
}

void leave(member_t *member) {
  for (int i = 0; i < member_count; i++) {
    if (members[i] == member) members[i] = members[--member_count];
  }
  rd_kafka_consumer_close(member->client);
}

static int by_place(const void *one, const void *other) {
  const record_t *a = one, *b = other;
  if (a->partition != b->partition) return a->partition - b->partition;
  return (a->offset > b->offset) - (a->offset < b->offset);
}

member_t *read_all(const char *name, int count, const char *const *settings) {
  static int readers;
  const char *all[32] = {"group.id", text("%s-reader-%d", group, readers++), NULL};
  int at = 2;
  for (; settings != NULL && *settings != NULL; settings++) all[at++] = *settings;
  all[at] = NULL;
  member_t *member = join(all, name);
  UNTIL(member->count >= count, 60000, "%d of %d records were read", member->count, count);
  pump_for(500);
  leave(member);
  HOLDS(member->count == count, "%d records were read, not %d", member->count, count);
  qsort(member->read, (size_t)count, sizeof *member->read, by_place);
  return member;
}

int different(const member_t *member) {
  static bool seen[100000];
  memset(seen, 0, sizeof seen);
  int count = 0;
  for (int i = 0; i < member->count; i++) {
    const char *value = member->read[i].value, *dash = value == NULL ? NULL : strrchr(value, '-');
    int number = dash == NULL ? -1 : atoi(dash + 1);
    if (number < 0 || number >= 100000 || seen[number]) continue;
    seen[number] = true;
    count++;
  }
  return count;
}

void is_numbered(const member_t *member, int at, const char *word, int from, int count) {
  HOLDS(at + count <= member->count, "%d records are there, not %d", member->count, at + count);
  for (int i = 0; i < count; i++) {
    const char *seen = member->read[at + i].value, *expected = text("%s-%d", word, from + i);
    HOLDS(seen != NULL && strcmp(seen, expected) == 0, "record %d is %s, not %s", at + i, seen == NULL ? "null" : seen, expected);
  }
}

static uint32_t crc_over(uint32_t crc, const char *bytes, size_t size) {
  for (size_t i = 0; i < size; i++) {
    crc ^= (unsigned char)bytes[i];
    for (int bit = 0; bit < 8; bit++) crc = (crc & 1) ? (crc >> 1) ^ 0xedb88320u : crc >> 1;
  }
  return crc;
}

uint32_t crc_of(const member_t *member, int partition) {
  uint32_t crc = 0xffffffffu;
  for (int i = 0; i < member->count; i++) {
    const record_t *record = &member->read[i];
    if (record->partition != partition) continue;
    crc = crc_over(crc_over(crc, record->value, record->value_size), "\n", 1);
  }
  return crc ^ 0xffffffffu;
}

void ask(const char *deed) {
  char answer[1024];
  printf("%s\n", deed);
  fflush(stdout);
  if (fgets(answer, sizeof answer, stdin) == NULL || strstr(answer, "\"done\":true") == NULL) refused(answer);
}

rd_kafka_t *admin(void) {
  if (the_admin == NULL) the_admin = producer(NULL);
  return the_admin;
}

rd_kafka_resp_err_t create_topic_once(const char *name, int partitions, int replicas, const char *const *configs) {
  char why[512];
  rd_kafka_NewTopic_t *wanted = rd_kafka_NewTopic_new(name, partitions, replicas, why, sizeof why);
  for (; configs != NULL && *configs != NULL; configs += 2) rd_kafka_NewTopic_set_config(wanted, configs[0], configs[1]);
  rd_kafka_queue_t *queue = rd_kafka_queue_new(admin());
  rd_kafka_CreateTopics(admin(), &wanted, 1, NULL, queue);
  rd_kafka_event_t *event = rd_kafka_queue_poll(queue, 30000);
  HOLDS(event != NULL, "creating %s had no answer", name);
  rd_kafka_resp_err_t error = rd_kafka_event_error(event);
  size_t count = 0;
  const rd_kafka_topic_result_t **results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count);
  if (!error && count > 0) error = rd_kafka_topic_result_error(results[0]);
  rd_kafka_event_destroy(event);
  rd_kafka_queue_destroy(queue);
  rd_kafka_NewTopic_destroy(wanted);
  return error;
}

void create_topic(const char *name, int partitions, int replicas, const char *const *configs) {
  CALL("creating the topic", create_topic_once(name, partitions, replicas, configs));
  int64_t low, high, end = now_ms() + 20000;
  for (int partition = 0; partition < partitions; partition++) {
    while (rd_kafka_query_watermark_offsets(admin(), name, partition, &low, &high, 1000)) {
      HOLDS(now_ms() < end, "the new topic does not answer");
      pump_for(50);
    }
  }
}

bool is_listed(const char *name) {
  const struct rd_kafka_metadata *seen;
  CALL("asking for the metadata", rd_kafka_metadata(admin(), 1, NULL, &seen, 20000));
  bool found = false;
  for (int i = 0; i < seen->topic_cnt; i++) found = found || strcmp(seen->topics[i].topic, name) == 0;
  rd_kafka_metadata_destroy(seen);
  return found;
}

int64_t committed(const char *of_group, const char *name) {
  rd_kafka_t *asks = open_client(RD_KAFKA_CONSUMER, conf_of((const char *[]){"group.id", of_group, NULL}));
  rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(list, name, 0);
  CALL("asking for the committed offset", rd_kafka_committed(asks, list, 20000));
  int64_t offset = list->elems[0].offset;
  rd_kafka_topic_partition_list_destroy(list);
  return offset < 0 ? -1 : offset;
}
