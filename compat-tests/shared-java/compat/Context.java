package compat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What a scenario works with: its names, its clients, and what it expects and waits for. */
final class Context {
    static final String CLIENT_ID = "compat-java";
    final String bootstrap;
    final String topic;
    final String group;
    final String transactionalId;
    private final List<AutoCloseable> opened = new ArrayList<>();
    private AdminClient admin;
    private int readers = 0;

    Context(String bootstrap, String topic) {
        this.bootstrap = bootstrap;
        this.topic = topic;
        this.group = topic + "-group";
        this.transactionalId = topic + "-tx";
    }

    /** Settings by name and value, one after the other. */
    Properties settings(String... pairs) {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", bootstrap);
        settings.put("client.id", CLIENT_ID);
        for (int i = 0; i < pairs.length; i += 2) settings.put(pairs[i], pairs[i + 1]);
        return settings;
    }

    synchronized AdminClient admin() {
        if (admin == null) {
            admin = AdminClient.create(settings("request.timeout.ms", "20000"));
            opened.add(admin::close);
        }
        return admin;
    }

    void createTopic(String name, int partitions, String... configs) throws Exception {
        createTopic(name, partitions, 1, configs);
    }

    void createTopic(String name, int partitions, int replicas, String... configs) throws Exception {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < configs.length; i += 2) map.put(configs[i], configs[i + 1]);
        admin().createTopics(List.of(new NewTopic(name, partitions, (short) replicas).configs(map))).all().get();
        // Leaders are named a moment before they answer; old clients take their refusal for final.
        Properties settings = settings("group.id", group + "-new");
        try (KafkaConsumer<byte[], byte[]> asks = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            until(() -> asks.partitionsFor(name) != null && asks.partitionsFor(name).size() == partitions, () -> "the new topic is not known");
            asks.endOffsets(IntStream.range(0, partitions).mapToObj(p -> new TopicPartition(name, p)).toList());
        }
    }

    KafkaProducer<byte[], byte[]> producer(String... pairs) {
        Properties settings = settings("acks", "all", "linger.ms", "5");
        settings.putAll(settings(pairs));
        KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        opened.add(producer::close);
        return producer;
    }

    Member member(String... pairs) {
        return member(List.of(topic), pairs);
    }

    Member member(List<String> topics, String... pairs) {
        Member member = new Member(memberSettings(pairs), topics, null, null);
        opened.add(member);
        return member;
    }

    Properties memberSettings(String... pairs) {
        Properties settings = settings("group.id", group, "auto.offset.reset", "earliest", "enable.auto.commit", "false");
        settings.putAll(settings(pairs));
        return settings;
    }

    <T extends AutoCloseable> T keep(T client) {
        opened.add(client);
        return client;
    }

    /** Sends values to partition 0, in order, all acknowledged. */
    void send(List<String> values, String... settings) throws Exception {
        sendRecords(values.stream().map(value -> record(topic, 0, null, value)).toList(), settings);
    }

    void sendRecords(List<ProducerRecord<byte[], byte[]>> records, String... settings) throws Exception {
        KafkaProducer<byte[], byte[]> producer = producer(settings);
        sendAll(producer, records);
        producer.close();
    }

    static void sendAll(KafkaProducer<byte[], byte[]> producer, List<ProducerRecord<byte[], byte[]>> records) throws Exception {
        List<Future<?>> sent = new ArrayList<>();
        for (ProducerRecord<byte[], byte[]> record : records) sent.add(producer.send(record));
        producer.flush();
        for (Future<?> one : sent) one.get();
    }

    static ProducerRecord<byte[], byte[]> record(String topic, int partition, String key, String value) {
        return new ProducerRecord<>(topic, partition, bytes(key), bytes(value));
    }

    List<ConsumerRecord<byte[], byte[]>> readAll(int count, String... settings) throws Exception {
        return readAll(topic, count, settings);
    }

    /** Reads from the beginning until there are so many, and 500 ms longer; by partition and offset. */
    List<ConsumerRecord<byte[], byte[]>> readAll(String name, int count, String... settings) throws Exception {
        Properties all = memberSettings("group.id", group + "-reader-" + readers++);
        all.putAll(settings(settings));
        Member reader = keep(new Member(all, List.of(name), null, null));
        long patienceMs = count > 10_000 ? 90_000 : 30_000;
        until(() -> reader.read.size() >= count, () -> reader.read.size() + " of " + count + " records were read", patienceMs);
        Thread.sleep(500);
        reader.close();
        equal(reader.read.size(), count, "the number of records");
        return reader.read.stream()
            .sorted((a, b) -> a.partition() == b.partition() ? Long.compare(a.offset(), b.offset()) : a.partition() - b.partition())
            .toList();
    }

    void close() {
        for (int i = opened.size() - 1; i >= 0; i--) {
            try {
                opened.get(i).close();
            } catch (Exception gone) {
                // It was closed already, or its broker is gone.
            }
        }
    }

    static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes) {
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    static List<String> values(List<ConsumerRecord<byte[], byte[]>> records) {
        return records.stream().map(record -> text(record.value())).collect(Collectors.toList());
    }

    static List<String> numbered(String word, int from, int count) {
        return IntStream.range(from, from + count).mapToObj(i -> word + "-" + i).collect(Collectors.toList());
    }

    static List<String> numbered(int count) {
        return numbered("value", 0, count);
    }

    /** The CRC-32 of zlib over the values, each followed by one line feed. */
    static String crc(List<ConsumerRecord<byte[], byte[]>> records) {
        CRC32 crc = new CRC32();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            crc.update(record.value());
            crc.update('\n');
        }
        return String.format("%08x", crc.getValue());
    }

    static void equal(Object seen, Object expected, String what) {
        if (expected == null ? seen == null : expected.equals(seen)) return;
        if (seen instanceof Integer && expected instanceof Long && ((Integer) seen).longValue() == (Long) expected) return;
        throw new AssertionError(what + ": " + shortened(seen) + ", not " + shortened(expected));
    }

    private static String shortened(Object value) {
        String text = String.valueOf(value);
        return text.length() <= 160 ? text : text.substring(0, 100) + "…" + text.substring(text.length() - 50);
    }

    static void holds(boolean condition, String what) {
        if (!condition) throw new AssertionError(what);
    }

    static void until(BooleanSupplier isSo, Supplier<String> what) throws Exception {
        until(isSo, what, 30_000);
    }

    static void until(BooleanSupplier isSo, Supplier<String> what, long timeoutMs) throws Exception {
        long deadlineNs = System.nanoTime() + timeoutMs * 1_000_000;
        while (!isSo.getAsBoolean()) {
            if (System.nanoTime() > deadlineNs) throw new AssertionError("not within " + timeoutMs + " ms: " + what.get());
            Thread.sleep(30);
        }
    }

    interface Call {
        void run() throws Exception;
    }

    /** The call must fail with an error of one of these classes' names. */
    static void failsWith(List<String> names, Call call, String what) throws Exception {
        try {
            call.run();
        } catch (Throwable error) {
            for (Throwable cause = error; cause != null; cause = cause.getCause()) {
                if (names.contains(cause.getClass().getSimpleName())) return;
            }
            throw new AssertionError(what + ": failed with " + error + ", not " + names);
        }
        throw new AssertionError(what + ": did not fail, expected was " + names);
    }
}
