package compat;

import static compat.Context.bytes;
import static compat.Context.equal;
import static compat.Context.holds;
import static compat.Context.numbered;
import static compat.Context.record;
import static compat.Context.text;
import static compat.Context.until;
import static compat.Context.values;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Scenarios about records. */
final class Records {
    private static final long START_MS = 1_700_000_000_000L;

    static void addTo(Map<String, Main.Body> bodies) {
        for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
            bodies.put("produce-" + codec, context -> produceWith(context, codec));
        }
        bodies.put("recompressed", Records::recompressed);
        bodies.put("keys-headers-nulls", Records::keysHeadersNulls);
        bodies.put("empty-values", Records::emptyValues);
        bodies.put("large-record", Records::largeRecord);
        bodies.put("timestamps", Records::timestamps);
        bodies.put("seek-offset", Records::seekOffset);
        bodies.put("seek-time", Records::seekTime);
        bodies.put("offset-reset", Records::offsetReset);
        bodies.put("many-partitions", Records::manyPartitions);
        bodies.put("concurrent-producers", Records::concurrentProducers);
        bodies.put("batch-100k", Records::batch100k);
    }

    /** A topic that holds value-0 … value-99. */
    static void hundred(Context context) throws Exception {
        context.createTopic(context.topic, 1);
        context.send(numbered(100));
    }

    private static void produceWith(Context context, String codec) throws Exception {
        context.createTopic(context.topic, 1);
        String filling = "abcdefghij".repeat(10);
        context.sendRecords(
            IntStream.range(0, 1000).mapToObj(i -> record(context.topic, 0, "key-" + i, "value-" + i + "-" + filling)).toList(),
            "compression.type", codec);
        List<ConsumerRecord<byte[], byte[]>> read = context.readAll(1000);
        for (int i = 0; i < 1000; i++) {
            equal(read.get(i).offset(), (long) i, "an offset");
            equal(text(read.get(i).key()), "key-" + i, "key " + i);
        }
        equal(Context.crc(read), "51aab9cc", "the CRC of the values");
    }

    private static void recompressed(Context context) throws Exception {
        context.createTopic(context.topic, 1, "compression.type", "gzip");
        context.send(numbered(100));
        equal(values(context.readAll(100)), numbered(100), "the values");
    }

    private static void keysHeadersNulls(Context context) throws Exception {
        context.createTopic(context.topic, 1);
        ProducerRecord<byte[], byte[]> first = record(context.topic, 0, "k", "v");
        first.headers().add("a", bytes("1")).add("b", bytes("2")).add("a", bytes("3"));
        context.sendRecords(List.of(first, record(context.topic, 0, null, "no key"), record(context.topic, 0, "gone", null)));
        List<ConsumerRecord<byte[], byte[]>> read = context.readAll(3);
        equal(keysAndValues(read), "k=v null=no key gone=null", "keys and values");
        List<String> headers = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : read) {
            for (Header header : record.headers()) headers.add(record.offset() + header.key() + text(header.value()));
        }
        equal(headers, List.of("0a1", "0b2", "0a3"), "headers");
    }

    private static String keysAndValues(List<ConsumerRecord<byte[], byte[]>> records) {
        return String.join(" ", records.stream().map(record -> text(record.key()) + "=" + text(record.value())).toList());
    }

    private static void emptyValues(Context context) throws Exception {
        context.createTopic(context.topic, 1);
        context.sendRecords(List.of(
            record(context.topic, 0, "", ""), record(context.topic, 0, null, ""), record(context.topic, 0, "", null)));
        equal(keysAndValues(context.readAll(3)), "= null= =null", "keys and values");
    }

    private static void largeRecord(Context context) throws Exception {
        context.createTopic(context.topic, 1);
        byte[] large = new byte[900_000];
        for (int j = 0; j < large.length; j++) large[j] = (byte) ('a' + j % 26);
        context.send(List.of("before"));
        context.sendRecords(List.of(new ProducerRecord<>(context.topic, 0, null, large)));
        context.send(List.of("after"));
        List<ConsumerRecord<byte[], byte[]>> read = context.readAll(3);
        equal(text(read.get(0).value()) + text(read.get(2).value()), "beforeafter", "the small records");
        holds(Arrays.equals(read.get(1).value(), large), "the large record is not as it was sent");
    }

    private static void timestamps(Context context) throws Exception {
        context.createTopic(context.topic, 1, "retention.ms", "-1");
        List<Long> times = List.of(START_MS, START_MS + 1000, 1_600_000_000_000L);
        context.sendRecords(times.stream().map(time -> new ProducerRecord<byte[], byte[]>(context.topic, 0, time, null, bytes("v"))).toList());
        equal(context.readAll(3).stream().map(ConsumerRecord::timestamp).toList(), times, "the timestamps");
        String appended = context.topic + "-append";
        context.createTopic(appended, 1, "message.timestamp.type", "LogAppendTime");
        context.sendRecords(List.of(new ProducerRecord<>(appended, 0, 1_600_000_000_000L, null, bytes("v"))));
        ConsumerRecord<byte[], byte[]> record = context.readAll(appended, 1).get(0);
        holds(Math.abs(System.currentTimeMillis() - record.timestamp()) < 60_000, "the broker's timestamp is " + record.timestamp());
        equal(record.timestampType().toString(), "LogAppendTime", "the type of the timestamp");
    }

    private static void seekOffset(Context context) throws Exception {
        hundred(context);
        Member member = context.keep(new Member(context.memberSettings(), List.of(context.topic), null, 42L));
        until(() -> member.read.size() >= 58, () -> member.read.size() + " of 58 records were read");
        equal(member.values(), numbered("value", 42, 58), "from 42 on");
        member.seek(context.topic, 0);
        until(() -> member.read.size() > 58, () -> "nothing was read after the second seek");
        equal(member.values().get(58), "value-0", "the first after the second seek");
    }

    private static void seekTime(Context context) throws Exception {
        context.createTopic(context.topic, 1, "retention.ms", "-1");
        context.sendRecords(IntStream.range(0, 100)
            .mapToObj(i -> new ProducerRecord<byte[], byte[]>(context.topic, 0, START_MS + 1000L * i, null, bytes("value-" + i)))
            .toList());
        TopicPartition partition = new TopicPartition(context.topic, 0);
        KafkaConsumer<byte[], byte[]> consumer = context.keep(
            new KafkaConsumer<>(context.memberSettings(), new ByteArrayDeserializer(), new ByteArrayDeserializer()));
        List<Long> found = new ArrayList<>();
        for (long time : List.of(START_MS + 50_000, START_MS + 50_001, 1_800_000_000_000L)) {
            OffsetAndTimestamp offset = consumer.offsetsForTimes(Map.of(partition, time)).get(partition);
            found.add(offset == null ? -1 : offset.offset());
        }
        equal(found, List.of(50L, 51L, -1L), "the offsets for the three times");
        Member member = context.keep(new Member(context.memberSettings(), List.of(context.topic), null, 50L));
        until(() -> !member.read.isEmpty(), () -> "nothing was read");
        equal(member.values().get(0), "value-50", "the first record read");
    }

    private static void offsetReset(Context context) throws Exception {
        context.createTopic(context.topic, 1);
        context.send(numbered(10));
        Member member = context.member("auto.offset.reset", "latest");
        until(() -> member.assigned().size() == 1, () -> "the member has no partition");
        for (int i = 0; i < 100 && member.read.isEmpty(); i++) {
            context.send(List.of("probe"));
            Thread.sleep(100);
        }
        context.send(numbered("value", 10, 10));
        until(() -> member.values().contains("value-19"), () -> "read: " + member.values());
        equal(member.values().stream().filter(value -> !value.equals("probe")).toList(), numbered("value", 10, 10), "what was read");
    }

    private static void manyPartitions(Context context) throws Exception {
        context.createTopic(context.topic, 50);
        context.sendRecords(IntStream.range(0, 1000).mapToObj(i -> record(context.topic, i % 50, null, "value-" + i)).toList());
        List<ConsumerRecord<byte[], byte[]>> read = context.readAll(1000);
        for (int p = 0; p < 50; p++) {
            int partition = p;
            List<String> expected = IntStream.range(0, 20).mapToObj(i -> "value-" + (partition + 50 * i)).toList();
            equal(values(of(read, p)), expected, "partition " + p);
        }
    }

    static List<ConsumerRecord<byte[], byte[]>> of(List<ConsumerRecord<byte[], byte[]>> records, int partition) {
        return records.stream().filter(record -> record.partition() == partition).toList();
    }

    private static void concurrentProducers(Context context) throws Exception {
        context.createTopic(context.topic, 1);
        List<KafkaProducer<byte[], byte[]>> producers = IntStream.range(0, 4).mapToObj(n -> context.producer()).toList();
        for (int i = 0; i < 500; i++) {
            for (int n = 0; n < 4; n++) producers.get(n).send(record(context.topic, 0, "p" + n, "p" + n + "-" + i));
        }
        for (KafkaProducer<byte[], byte[]> producer : producers) producer.close();
        List<ConsumerRecord<byte[], byte[]>> read = context.readAll(2000);
        for (int n = 0; n < 4; n++) {
            String key = "p" + n;
            equal(values(read.stream().filter(record -> key.equals(text(record.key()))).toList()), numbered(key, 0, 500), "of " + key);
        }
    }

    private static void batch100k(Context context) throws Exception {
        context.createTopic(context.topic, 4);
        KafkaProducer<byte[], byte[]> producer = context.producer("compression.type", "lz4", "batch.size", "65536");
        for (int i = 0; i < 100_000; i++) {
            producer.send(record(context.topic, i % 4, String.valueOf(i), "value-" + i + "-" + "x".repeat(i % 100)));
        }
        producer.close();
        List<ConsumerRecord<byte[], byte[]>> read = context.readAll(100_000);
        List<String> expected = List.of("1b771846", "f6b2c9b3", "173ac4af", "98433d9c");
        for (int p = 0; p < 4; p++) {
            equal(of(read, p).size(), 25_000, "records of partition " + p);
            equal(Context.crc(of(read, p)), expected.get(p), "the CRC of partition " + p);
        }
    }
}
