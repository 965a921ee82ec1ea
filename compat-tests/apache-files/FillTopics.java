import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Makes a broker write files of every kind: FillTopics BOOTSTRAP. What it writes is the same at each run. */
public final class FillTopics {
    private static final String[] CODECS = {"none", "gzip", "snappy", "lz4", "zstd"};
    private static final String SEGMENT_BYTES = "1048576";
    private static final String SOON = "1";
    private final Random random = new Random(7);
    private final String bootstrap;
    private final Admin admin;

    public static void main(String[] args) throws Exception {
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", args[0]))) {
            FillTopics fill = new FillTopics(args[0], admin);
            fill.codecs();
            fill.segments();
            fill.tables();
            fill.trimmed();
            fill.transactions();
            fill.groups();
            fill.hangingTransaction();
        }
    }

    private FillTopics(String bootstrap, Admin admin) {
        this.bootstrap = bootstrap;
        this.admin = admin;
    }

    private void codecs() throws Exception {
        for (String codec : CODECS) {
            create("codec." + codec, 2, Map.of());
            try (Producer<byte[], byte[]> producer = producer(Map.of("compression.type", codec))) {
                for (int number = 0; number < 300; number++) producer.send(record("codec." + codec, number % 50, 200));
            }
        }
    }

    /** Three megabytes each, in segments of one. */
    private void segments() throws Exception {
        Map<String, String> rolled = Map.of("segment.bytes", SEGMENT_BYTES, "index.interval.bytes", "1024");
        create("rolled", 1, rolled);
        create("stamped", 1, Map.of("segment.bytes", SEGMENT_BYTES, "message.timestamp.type", "LogAppendTime"));
        create("short", 1, Map.of("segment.bytes", SEGMENT_BYTES, "retention.bytes", SEGMENT_BYTES));
        try (Producer<byte[], byte[]> producer = producer(Map.of("batch.size", "20000"))) {
            for (int number = 0; number < 1000; number++) {
                for (String topic : List.of("rolled", "stamped", "short")) producer.send(record(topic, number, 3000));
            }
        }
    }

    /** Few keys, written over and over, and deleted at last. */
    private void tables() throws Exception {
        createTable("tables");
        for (String codec : CODECS) {
            try (Producer<byte[], byte[]> producer = producer(Map.of("compression.type", codec))) {
                for (int number = 0; number < 400; number++) {
                    producer.send(record("tables", random.nextInt(100), number % 9 == 0 ? -1 : 2000));
                }
            }
        }
    }

    private void trimmed() throws Exception {
        create("trimmed", 1, Map.of());
        try (Producer<byte[], byte[]> producer = producer(Map.of())) {
            for (int number = 0; number < 20; number++) producer.send(record("trimmed", number, 100)).get();
        }
        admin.deleteRecords(Map.of(new TopicPartition("trimmed", 0), RecordsToDelete.beforeOffset(7))).all().get();
    }

    /** Two producers by turns, to a topic that keeps everything and to one that is compacted; every third one aborts. */
    private void transactions() throws Exception {
        create("transactional", 2, Map.of("segment.bytes", SEGMENT_BYTES));
        createTable("transactional.tables");
        try (Producer<byte[], byte[]> one = producer(Map.of("transactional.id", "one", "compression.type", "lz4"));
                Producer<byte[], byte[]> other = producer(Map.of("transactional.id", "other"))) {
            one.initTransactions();
            other.initTransactions();
            for (int round = 0; round < 30; round++) {
                one.beginTransaction();
                other.beginTransaction();
                for (int number = 0; number < 20; number++) {
                    Producer<byte[], byte[]> producer = number % 3 == 0 ? one : other;
                    producer.send(record("transactional", random.nextInt(100), 1500));
                    producer.send(record("transactional.tables", random.nextInt(60), number % 9 == 0 ? -1 : 3000));
                }
                one.flush();
                end(other, round % 3 == 1);
                end(one, round % 3 == 0);
            }
        }
    }

    private static void end(Producer<byte[], byte[]> producer, boolean aborts) {
        producer.flush();
        if (aborts) producer.abortTransaction();
        else producer.commitTransaction();
    }

    /** Offsets committed by a consumer, and offsets committed and aborted as parts of transactions. */
    private void groups() throws Exception {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        offsets.put(new TopicPartition("codec.gzip", 0), new OffsetAndMetadata(11, "eleven"));
        offsets.put(new TopicPartition("codec.gzip", 1), new OffsetAndMetadata(12));
        for (String protocol : List.of("classic", "consumer")) {
            try (KafkaConsumer<byte[], byte[]> consumer = consumer("readers." + protocol, protocol)) {
                consumer.subscribe(List.of("codec.gzip"));
                while (consumer.assignment().isEmpty()) consumer.poll(Duration.ofMillis(100));
                consumer.commitSync(offsets);
            }
        }
        try (Producer<byte[], byte[]> producer = producer(Map.of("transactional.id", "mover"));
                KafkaConsumer<byte[], byte[]> consumer = consumer("movers", "classic")) {
            producer.initTransactions();
            for (int offset = 20; offset < 23; offset++) {
                producer.beginTransaction();
                Map<TopicPartition, OffsetAndMetadata> moved =
                        Map.of(new TopicPartition("codec.gzip", 0), new OffsetAndMetadata(offset));
                producer.sendOffsetsToTransaction(moved, consumer.groupMetadata());
                if (offset == 22) producer.abortTransaction();
                else producer.commitTransaction();
            }
        }
    }

    /** What follows it is not stable. The process ends in the middle of it, and its time is not over for a while. */
    private void hangingTransaction() throws Exception {
        create("hanging", 1, Map.of());
        Producer<byte[], byte[]> hanging =
                producer(Map.of("transactional.id", "hanging", "transaction.timeout.ms", "800000"));
        hanging.initTransactions();
        hanging.beginTransaction();
        for (int number = 0; number < 5; number++) hanging.send(record("hanging", number, 100)).get();
        try (Producer<byte[], byte[]> producer = producer(Map.of())) {
            for (int number = 0; number < 5; number++) producer.send(record("hanging", number, 100)).get();
        }
        hanging.close(Duration.ZERO);
    }

    private void createTable(String topic) throws Exception {
        Map<String, String> settings = new HashMap<>();
        settings.put("cleanup.policy", "compact");
        settings.put("segment.bytes", SEGMENT_BYTES);
        settings.put("min.cleanable.dirty.ratio", "0.01");
        settings.put("delete.retention.ms", SOON);
        create(topic, 1, settings);
    }

    private void create(String topic, int partitions, Map<String, String> settings) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1).configs(settings))).all().get();
    }

    private Producer<byte[], byte[]> producer(Map<String, String> settings) {
        Properties all = new Properties();
        all.put("bootstrap.servers", bootstrap);
        all.put("linger.ms", "5");
        all.putAll(settings);
        return new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private KafkaConsumer<byte[], byte[]> consumer(String group, String protocol) {
        Properties settings = new Properties();
        settings.putAll(Map.of("bootstrap.servers", bootstrap, "group.id", group));
        settings.putAll(Map.of("group.protocol", protocol, "enable.auto.commit", "false"));
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** A value of -1 bytes is a tombstone. */
    private ProducerRecord<byte[], byte[]> record(String topic, int key, int valueBytes) {
        byte[] value = valueBytes < 0 ? null : new byte[valueBytes];
        if (value != null) random.nextBytes(value);
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, ("key " + key).getBytes(), value);
        if (key % 5 == 0) record.headers().add("colour", new byte[] {1, 2, (byte) key}).add("nothing", null);
        return record;
    }
}
