import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.ListConfigResourcesOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.AppInfoParser;

/** `Session SERVERS`: what the Java clients can do, once. */
public final class Session {
    private static final String TOPIC = "recorded-java";
    /** Nobody fetches from it while a transaction writes to it: what a waiting fetch sees of that is chance. */
    private static final String COPY = TOPIC + "-copy";
    private static final String GROUP = TOPIC + "-group";
    private static final TopicPartition FIRST = new TopicPartition(TOPIC, 0);
    private static final List<String> CODECS = List.of("none", "gzip", "lz4", "zstd");
    private static final int RECORDS_PER_CODEC = 4;
    /** What the broker does after it has answered: opening logs, ending transactions. */
    private static final int SETTLED_MS = 1000;

    private final String servers;

    private Session(String servers) {
        this.servers = servers;
    }

    public static void main(String[] args) throws Exception {
        System.out.println("kafka-clients " + AppInfoParser.getVersion());
        Session session = new Session(args[0]);
        try (Admin admin = Admin.create(session.settings())) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 2, (short) 1), new NewTopic(COPY, 2, (short) 1))).all().get();
            Thread.sleep(SETTLED_MS);
            session.produce();
            session.copyInTransactions();
            session.consume("consumer", "read_committed");
            session.administer(admin);
        }
    }

    private Properties settings(String... more) {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", servers);
        settings.put("client.id", TOPIC);
        for (int at = 0; at < more.length; at += 2) settings.put(more[at], more[at + 1]);
        return settings;
    }

    private KafkaProducer<String, String> producer(String... more) {
        return new KafkaProducer<>(settings(more), new StringSerializer(), new StringSerializer());
    }

    private void produce() throws Exception {
        for (String codec : CODECS) {
            try (KafkaProducer<String, String> producer = producer("compression.type", codec, "linger.ms", "50")) {
                for (int number = 0; number < RECORDS_PER_CODEC; number++) {
                    String value = codec + " " + number + " again".repeat(20);
                    producer.send(new ProducerRecord<>(TOPIC, number % 2, Integer.toString(number), value));
                }
            }
        }
    }

    /** The consumer stays open while the transactions carry its offsets. */
    private void copyInTransactions() throws Exception {
        try (
            KafkaConsumer<String, String> consumer = consumer("classic", "read_uncommitted");
            KafkaProducer<String, String> producer = producer("transactional.id", TOPIC + "-tx")
        ) {
            read(consumer, TOPIC, CODECS.size() * RECORDS_PER_CODEC);
            consumer.commitSync();
            producer.initTransactions();
            for (int number = 0; number < 2; number++) {
                producer.beginTransaction();
                producer.send(new ProducerRecord<>(COPY, number, "key", number == 0 ? "committed" : "aborted")).get();
                producer.sendOffsetsToTransaction(Map.of(FIRST, new OffsetAndMetadata(5)), consumer.groupMetadata());
                if (number == 0) producer.commitTransaction();
                else producer.abortTransaction();
                Thread.sleep(SETTLED_MS);
            }
        }
    }

    private void consume(String protocol, String isolationLevel) {
        try (KafkaConsumer<String, String> consumer = consumer(protocol, isolationLevel)) {
            read(consumer, COPY, 1);
            consumer.commitSync();
            TopicPartition copied = new TopicPartition(COPY, 0);
            consumer.committed(Set.of(copied));
            consumer.endOffsets(List.of(copied));
            consumer.offsetsForTimes(Map.of(copied, 1L));
        }
    }

    private KafkaConsumer<String, String> consumer(String protocol, String isolationLevel) {
        Properties settings = settings(
            "group.id", GROUP + "-" + protocol, "group.protocol", protocol, "isolation.level", isolationLevel,
            "auto.offset.reset", "earliest", "enable.auto.commit", "false");
        return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
    }

    private void read(KafkaConsumer<String, String> consumer, String topic, int wanted) {
        consumer.subscribe(List.of(topic));
        int seen = 0;
        while (seen < wanted) seen += consumer.poll(Duration.ofMillis(500)).count();
    }

    private void administer(Admin admin) throws Exception {
        Collection<String> groups = List.of(GROUP + "-classic", GROUP + "-consumer");
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, TOPIC);
        admin.describeCluster().nodes().get();
        admin.listTopics().names().get();
        admin.describeTopics(List.of(TOPIC)).allTopicNames().get();
        admin.listGroups().all().get();
        admin.describeConsumerGroups(groups).all().get();
        admin.listConsumerGroupOffsets(GROUP + "-classic").all().get();
        admin.listOffsets(Map.of(FIRST, OffsetSpec.maxTimestamp())).all().get();
        admin.describeConfigs(List.of(topic), new DescribeConfigsOptions().includeSynonyms(true)).all().get();
        admin.incrementalAlterConfigs(Map.of(topic, List.of(
            new AlterConfigOp(new ConfigEntry("retention.ms", "86400000"), AlterConfigOp.OpType.SET)))).all().get();
        admin.listConfigResources(Set.of(ConfigResource.Type.TOPIC), new ListConfigResourcesOptions()).all().get();
        admin.describeProducers(List.of(FIRST)).all().get();
        admin.listTransactions().all().get();
        admin.describeTransactions(List.of(TOPIC + "-tx")).all().get();
        admin.describeFeatures().featureMetadata().get();
        admin.listPartitionReassignments().reassignments().get();
        admin.createPartitions(Map.of(TOPIC, NewPartitions.increaseTo(3))).all().get();
        Thread.sleep(SETTLED_MS);
        admin.deleteRecords(Map.of(FIRST, RecordsToDelete.beforeOffset(3))).all().get();
        admin.alterConsumerGroupOffsets(GROUP + "-classic", new HashMap<>(Map.of(FIRST, new OffsetAndMetadata(4)))).all().get();
        admin.deleteConsumerGroups(groups).all().get();
        admin.deleteTopics(List.of(TOPIC, COPY)).all().get();
    }
}
