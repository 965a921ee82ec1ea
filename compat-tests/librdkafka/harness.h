/* What the scenarios of the C program work with: expecting, waiting, sending, reading. */
#pragma once
#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PARTITIONS_MAX 64

typedef struct {
  int32_t partition;
  int64_t offset;
  int64_t timestamp;
  char *topic, *key, *value; /* NULL is null; both end with a zero of their own */
  size_t key_size, value_size;
  char headers[128]; /* name=value; … */
} record_t;

typedef struct {
  rd_kafka_t *client;
  bool assigned[PARTITIONS_MAX];
  int assigned_count;
  int lost[256];
  int lost_count;
  record_t *read;
  int count, room;
  rd_kafka_resp_err_t failure;
} member_t;

typedef struct {
  const char *key, *value;
  int value_size; /* -1: the length of the text */
  int partition;
  int64_t timestamp;
  rd_kafka_headers_t *headers;
} sent_t;

extern const char *bootstrap;
extern char topic[512], group[600], transactional_id[600];

/* Ends the scenario as failed, with what was seen. */
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
void refused(const char *why);
#define HOLDS(condition, ...) do { if (!(condition)) fail(__VA_ARGS__); } while (0)
#define CALL(what, error) do { rd_kafka_resp_err_t error_ = (error); if (error_) fail("%s: %s", what, rd_kafka_err2name(error_)); } while (0)

/* Polls all members until it is so, at most that long. */
#define UNTIL(condition, timeout_ms, ...) do { int64_t end_ = now_ms() + (timeout_ms); while (!(condition)) { if (now_ms() > end_) fail(__VA_ARGS__); pump(); } } while (0)

int64_t now_ms(void);
void pump(void);
void pump_for(int ms);
void ask(const char *deed);
const char *text(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Settings are a list of names and values that ends with NULL. */
rd_kafka_t *producer(const char *const *settings);
void send_to(rd_kafka_t *producer, const char *name, const sent_t *record);
/* Waits until all are delivered; the first error of any. */
rd_kafka_resp_err_t delivered(rd_kafka_t *producer);
rd_kafka_resp_err_t send_numbered(rd_kafka_t *producer, const char *name, const char *word, int from, int count, int partitions);
void send_word(const char *word, int from, int count, int partitions);

member_t *join(const char *const *settings, const char *name);
void leave(member_t *member);
/* Reads the topic from its beginning until there are so many, and 500 ms longer. Ordered by partition and offset. */
member_t *read_all(const char *name, int count, const char *const *settings);
int different(const member_t *member);
void is_numbered(const member_t *member, int at, const char *word, int from, int count);
uint32_t crc_of(const member_t *member, int partition);

void create_topic(const char *name, int partitions, int replicas, const char *const *configs);
rd_kafka_resp_err_t create_topic_once(const char *name, int partitions, int replicas, const char *const *configs);
rd_kafka_t *admin(void);
bool is_listed(const char *name);
int64_t committed(const char *of_group, const char *name);

typedef struct {
  const char *id;
  void (*run)(void);
  int limit_s;
} scenario_t;

extern const scenario_t record_scenarios[], group_scenarios[], admin_scenarios[], fault_scenarios[];
int live_until_killed(const char *name, const char *of_group);
