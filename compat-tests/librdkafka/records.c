/* Scenarios about records and transactions. */
#include "harness.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define START_MS 1700000000000LL

static const char *repeated(const char *piece, int times) {
  static char out[4096];
  out[0] = 0;
  for (int i = 0; i < times; i++) strcat(out, piece);
  return out;
}

static void produce_with(const char *codec) {
  create_topic(topic, 1, 1, NULL);
  rd_kafka_t *one = producer((const char *[]){"compression.codec", codec, NULL});
  for (int i = 0; i < 1000; i++) {
    sent_t record = {.key = text("key-%d", i), .value = text("value-%d-%s", i, repeated("abcdefghij", 10)), .value_size = -1};
    send_to(one, topic, &record);
  }
  CALL("sending", delivered(one));
  member_t *reader = read_all(topic, 1000, NULL);
  for (int i = 0; i < 1000; i++) {
    HOLDS(reader->read[i].offset == i && strcmp(reader->read[i].key, text("key-%d", i)) == 0, "record %d has another key", i);
  }
  HOLDS(crc_of(reader, 0) == 0x51aab9cc, "the CRC of the values is %08x", crc_of(reader, 0));
}

static void produce_none(void) { produce_with("none"); }
static void produce_gzip(void) { produce_with("gzip"); }
static void produce_snappy(void) { produce_with("snappy"); }
static void produce_lz4(void) { produce_with("lz4"); }
static void produce_zstd(void) { produce_with("zstd"); }

static void recompressed(void) {
  create_topic(topic, 1, 1, (const char *[]){"compression.type", "gzip", NULL});
  send_word("value", 0, 100, 1);
  is_numbered(read_all(topic, 100, NULL), 0, "value", 0, 100);
}

static void send_one(const sent_t *record) {
  rd_kafka_t *one = producer((const char *[]){"message.max.bytes", "2000000", NULL});
  send_to(one, topic, record);
  CALL("sending", delivered(one));
}

static void is(const record_t *record, const char *key, const char *value) {
  bool key_is = key == NULL ? record->key == NULL : record->key != NULL && strcmp(record->key, key) == 0;
  bool value_is = value == NULL ? record->value == NULL : record->value != NULL && strcmp(record->value, value) == 0;
  HOLDS(key_is && value_is, "record %lld is another", (long long)record->offset);
}

static void keys_headers_nulls(void) {
  create_topic(topic, 1, 1, NULL);
  rd_kafka_headers_t *headers = rd_kafka_headers_new(3);
  rd_kafka_header_add(headers, "a", -1, "1", 1);
  rd_kafka_header_add(headers, "b", -1, "2", 1);
  rd_kafka_header_add(headers, "a", -1, "3", 1);
  send_one(&(sent_t){.key = "k", .value = "v", .value_size = -1, .headers = headers});
  send_one(&(sent_t){.value = "no key", .value_size = -1});
  send_one(&(sent_t){.key = "gone"});
  member_t *reader = read_all(topic, 3, NULL);
  is(&reader->read[0], "k", "v");
  is(&reader->read[1], NULL, "no key");
  is(&reader->read[2], "gone", NULL);
  HOLDS(strcmp(reader->read[0].headers, "a=1;b=2;a=3;") == 0, "the headers are %s", reader->read[0].headers);
  HOLDS(reader->read[1].headers[0] == 0, "there are headers where none were sent");
}

static void empty_values(void) {
  create_topic(topic, 1, 1, NULL);
  send_one(&(sent_t){.key = "", .value = "", .value_size = -1});
  send_one(&(sent_t){.value = "", .value_size = -1});
  send_one(&(sent_t){.key = ""});
  member_t *reader = read_all(topic, 3, NULL);
  is(&reader->read[0], "", "");
  is(&reader->read[1], NULL, "");
  is(&reader->read[2], "", NULL);
}

static void large_record(void) {
  create_topic(topic, 1, 1, NULL);
  char *large = malloc(900001);
  for (int j = 0; j < 900000; j++) large[j] = (char)('a' + j % 26);
  large[900000] = 0;
  send_one(&(sent_t){.value = "before", .value_size = -1});
  send_one(&(sent_t){.value = large, .value_size = 900000});
  send_one(&(sent_t){.value = "after", .value_size = -1});
  member_t *reader = read_all(topic, 3, NULL);
  is(&reader->read[0], NULL, "before");
  is(&reader->read[1], NULL, large);
  is(&reader->read[2], NULL, "after");
}

static void timestamps(void) {
  const int64_t times[] = {START_MS, START_MS + 1000, 1600000000000LL};
  create_topic(topic, 1, 1, (const char *[]){"retention.ms", "-1", NULL});
  for (int i = 0; i < 3; i++) send_one(&(sent_t){.value = "v", .value_size = -1, .timestamp = times[i]});
  member_t *reader = read_all(topic, 3, NULL);
  for (int i = 0; i < 3; i++) HOLDS(reader->read[i].timestamp == times[i], "timestamp %d is %lld", i, (long long)reader->read[i].timestamp);
  strcat(topic, "-append");
  create_topic(topic, 1, 1, (const char *[]){"message.timestamp.type", "LogAppendTime", NULL});
  send_one(&(sent_t){.value = "v", .value_size = -1, .timestamp = 1600000000000LL});
  int64_t seconds = read_all(topic, 1, NULL)->read[0].timestamp / 1000;
  HOLDS(llabs(seconds - (int64_t)time(NULL)) < 60, "the broker's timestamp is %lld s", (long long)seconds);
}

static member_t *assigned_at(int64_t offset) {
  member_t *member = join(NULL, NULL);
  rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(list, topic, 0)->offset = offset;
  CALL("assigning", rd_kafka_assign(member->client, list));
  rd_kafka_topic_partition_list_destroy(list);
  return member;
}

static void seek_offset(void) {
  create_topic(topic, 1, 1, NULL);
  send_word("value", 0, 100, 1);
  member_t *member = assigned_at(42);
  UNTIL(member->count >= 58, 30000, "%d of 58 records were read", member->count);
  is_numbered(member, 0, "value", 42, 58);
  rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(list, topic, 0)->offset = 0;
  rd_kafka_error_t *error = rd_kafka_seek_partitions(member->client, list, 10000);
  HOLDS(error == NULL, "seeking: %s", rd_kafka_error_string(error));
  UNTIL(member->count > 58, 30000, "nothing was read after the second seek");
  is_numbered(member, 58, "value", 0, 1);
}

static void seek_time(void) {
  create_topic(topic, 1, 1, (const char *[]){"retention.ms", "-1", NULL});
  rd_kafka_t *one = producer(NULL);
  for (int i = 0; i < 100; i++) send_to(one, topic, &(sent_t){.value = text("value-%d", i), .value_size = -1, .timestamp = START_MS + 1000 * i});
  CALL("sending", delivered(one));
  const int64_t times[] = {START_MS + 50000, START_MS + 50001, 1800000000000LL}, expected[] = {50, 51, RD_KAFKA_OFFSET_END};
  for (int i = 0; i < 3; i++) {
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, topic, 0)->offset = times[i];
    CALL("asking for a time", rd_kafka_offsets_for_times(admin(), list, 20000));
    HOLDS(list->elems[0].offset == expected[i], "the offset for time %d is %lld", i, (long long)list->elems[0].offset);
  }
  member_t *member = assigned_at(50);
  UNTIL(member->count > 0, 30000, "nothing was read");
  is_numbered(member, 0, "value", 50, 1);
}

static void offset_reset(void) {
  create_topic(topic, 1, 1, NULL);
  send_word("value", 0, 10, 1);
  member_t *member = join((const char *[]){"auto.offset.reset", "latest", NULL}, topic);
  UNTIL(member->assigned_count == 1, 30000, "the member has no partition");
  for (int i = 0; i < 100 && member->count == 0; i++) {
    send_word("probe", 0, 1, 1);
    pump_for(100);
  }
  send_word("value", 10, 10, 1);
  UNTIL(member->count > 0 && strcmp(member->read[member->count - 1].value, "value-19") == 0, 30000, "value-19 was not read");
  int first = member->count - 10;
  is_numbered(member, first, "value", 10, 10);
  for (int i = 0; i < first; i++) HOLDS(strncmp(member->read[i].value, "probe", 5) == 0, "an old record was read");
}

static void many_partitions(void) {
  create_topic(topic, 50, 1, NULL);
  send_word("value", 0, 1000, 50);
  member_t *reader = read_all(topic, 1000, NULL);
  for (int i = 0; i < 1000; i++) {
    int expected = reader->read[i].partition + 50 * (i % 20);
    HOLDS(reader->read[i].partition == i / 20 && strcmp(reader->read[i].value, text("value-%d", expected)) == 0, "record %d is another", i);
  }
}

static void concurrent_producers(void) {
  create_topic(topic, 1, 1, NULL);
  rd_kafka_t *four[4];
  for (int n = 0; n < 4; n++) four[n] = producer(NULL);
  for (int i = 0; i < 500; i++) {
    for (int n = 0; n < 4; n++) send_to(four[n], topic, &(sent_t){.key = text("p%d", n), .value = text("p%d-%d", n, i), .value_size = -1});
  }
  for (int n = 0; n < 4; n++) CALL("sending", delivered(four[n]));
  member_t *reader = read_all(topic, 2000, NULL);
  int next[4] = {0};
  for (int i = 0; i < 2000; i++) {
    int n = reader->read[i].key[1] - '0';
    HOLDS(strcmp(reader->read[i].value, text("p%d-%d", n, next[n]++)) == 0, "record %d is %s", i, reader->read[i].value);
  }
}

static void batch_100k(void) {
  create_topic(topic, 4, 1, NULL);
  rd_kafka_t *one = producer((const char *[]){"compression.codec", "lz4", NULL});
  char filling[101];
  for (int i = 0; i < 100000; i++) {
    memset(filling, 'x', 100);
    filling[i % 100] = 0;
    send_to(one, topic, &(sent_t){.key = text("%d", i), .value = text("value-%d-%s", i, filling), .value_size = -1, .partition = i % 4});
  }
  CALL("sending", delivered(one));
  const uint32_t expected[] = {0x1b771846, 0xf6b2c9b3, 0x173ac4af, 0x98433d9c};
  member_t *reader = read_all(topic, 100000, NULL);
  for (int p = 0; p < 4; p++) HOLDS(crc_of(reader, p) == expected[p], "the CRC of partition %d is %08x", p, crc_of(reader, p));
}

/* Transactions. */

static const char *const committed_only[] = {"isolation.level", "read_committed", NULL};
static const char *const all[] = {"isolation.level", "read_uncommitted", NULL};

static void must(const char *what, rd_kafka_error_t *error) {
  if (error != NULL) fail("%s: %s", what, rd_kafka_error_name(error));
}

static rd_kafka_t *begun(void) {
  rd_kafka_t *one = producer((const char *[]){"transactional.id", transactional_id, NULL});
  must("initialising", rd_kafka_init_transactions(one, 30000));
  must("beginning", rd_kafka_begin_transaction(one));
  return one;
}

static void send_offset(rd_kafka_t *producer, int64_t offset) {
  member_t *member = join(NULL, NULL);
  rd_kafka_consumer_group_metadata_t *of = rd_kafka_consumer_group_metadata(member->client);
  rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(list, topic, 0)->offset = offset;
  must("sending an offset", rd_kafka_send_offsets_to_transaction(producer, list, of, 30000));
  rd_kafka_consumer_group_metadata_destroy(of);
}

static void txn_commit(void) {
  create_topic(topic, 2, 1, NULL);
  rd_kafka_t *one = begun();
  CALL("sending", send_numbered(one, topic, "value", 0, 10, 2));
  send_offset(one, 7);
  must("committing", rd_kafka_commit_transaction(one, 30000));
  member_t *reader = read_all(topic, 10, committed_only);
  for (int i = 0; i < 10; i++) {
    int expected = i < 5 ? 2 * i : 2 * (i - 5) + 1;
    HOLDS(strcmp(reader->read[i].value, text("value-%d", expected)) == 0, "record %d is %s", i, reader->read[i].value);
  }
  HOLDS(committed(group, topic) == 7, "the committed offset is %lld", (long long)committed(group, topic));
}

static void txn_abort(void) {
  create_topic(topic, 1, 1, NULL);
  rd_kafka_t *one = begun();
  CALL("sending", send_numbered(one, topic, "dropped", 0, 10, 1));
  send_offset(one, 7);
  must("aborting", rd_kafka_abort_transaction(one, 30000));
  must("beginning again", rd_kafka_begin_transaction(one));
  CALL("sending", send_numbered(one, topic, "kept", 0, 5, 1));
  must("committing", rd_kafka_commit_transaction(one, 30000));
  is_numbered(read_all(topic, 5, committed_only), 0, "kept", 0, 5);
  member_t *reader = read_all(topic, 15, all);
  is_numbered(reader, 0, "dropped", 0, 10);
  is_numbered(reader, 10, "kept", 0, 5);
  HOLDS(committed(group, topic) == -1, "the committed offset is %lld", (long long)committed(group, topic));
}

static void txn_fence(void) {
  create_topic(topic, 1, 1, NULL);
  rd_kafka_t *one = begun();
  CALL("sending", send_numbered(one, topic, "old", 0, 1, 1));
  rd_kafka_t *two = begun();
  rd_kafka_error_t *error = rd_kafka_commit_transaction(one, 30000);
  HOLDS(error != NULL, "the commit of the first producer succeeded");
  rd_kafka_resp_err_t code = rd_kafka_error_code(error);
  HOLDS(code == RD_KAFKA_RESP_ERR__FENCED || code == RD_KAFKA_RESP_ERR_PRODUCER_FENCED || code == RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH,
        "the commit of the first producer: %s", rd_kafka_error_name(error));
  CALL("sending", send_numbered(two, topic, "new", 0, 1, 1));
  must("committing", rd_kafka_commit_transaction(two, 30000));
  is_numbered(read_all(topic, 1, committed_only), 0, "new", 0, 1);
}

static void read_committed(void) {
  create_topic(topic, 1, 1, NULL);
  rd_kafka_t *one = begun();
  CALL("sending", send_numbered(one, topic, "open", 0, 5, 1));
  send_word("plain", 0, 5, 1);
  is_numbered(read_all(topic, 10, all), 0, "open", 0, 5);
  member_t *reader = join(committed_only, topic);
  UNTIL(reader->assigned_count == 1, 30000, "the reader has no partition");
  pump_for(2000);
  HOLDS(reader->count == 0, "read_committed found %d records while the transaction was open", reader->count);
  must("committing", rd_kafka_commit_transaction(one, 30000));
  UNTIL(reader->count >= 10, 30000, "%d of 10 records were read", reader->count);
  is_numbered(reader, 0, "open", 0, 5);
  is_numbered(reader, 5, "plain", 0, 5);
}

const scenario_t record_scenarios[] = {
    {"produce-none", produce_none, 60},
    {"produce-gzip", produce_gzip, 60},
    {"produce-snappy", produce_snappy, 60},
    {"produce-lz4", produce_lz4, 60},
    {"produce-zstd", produce_zstd, 60},
    {"recompressed", recompressed, 60},
    {"keys-headers-nulls", keys_headers_nulls, 60},
    {"empty-values", empty_values, 60},
    {"large-record", large_record, 60},
    {"timestamps", timestamps, 60},
    {"seek-offset", seek_offset, 60},
    {"seek-time", seek_time, 60},
    {"offset-reset", offset_reset, 60},
    {"many-partitions", many_partitions, 60},
    {"concurrent-producers", concurrent_producers, 60},
    {"batch-100k", batch_100k, 240},
    {"txn-commit", txn_commit, 60},
    {"txn-abort", txn_abort, 60},
    {"txn-fence", txn_fence, 60},
    {"read-committed", read_committed, 60},
    {NULL, NULL, 0},
};
