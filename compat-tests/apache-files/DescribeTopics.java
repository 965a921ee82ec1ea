import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Prints all that clients can see of a broker's topics and groups, a fact on a line: DescribeTopics BOOTSTRAP. */
public final class DescribeTopics {
    private static final long READING_MS_MAX = 30_000;
    private final String bootstrap;
    private final Admin admin;

    public static void main(String[] args) throws Exception {
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", args[0]))) {
            DescribeTopics describe = new DescribeTopics(args[0], admin);
            describe.topics();
            describe.groups();
        }
    }

    private DescribeTopics(String bootstrap, Admin admin) {
        this.bootstrap = bootstrap;
        this.admin = admin;
    }

    private void topics() throws Exception {
        Set<String> names = new TreeSet<>(admin.listTopics().names().get());
        for (TopicDescription topic : admin.describeTopics(names).allTopicNames().get().values()) {
            System.out.printf("topic %s %s%n", topic.name(), topic.topicId());
            settings(topic.name());
            for (TopicPartitionInfo info : topic.partitions()) {
                TopicPartition partition = new TopicPartition(topic.name(), info.partition());
                for (String isolation : List.of("read_uncommitted", "read_committed")) records(partition, isolation);
            }
        }
    }

    private void settings(String topic) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        for (ConfigEntry entry : admin.describeConfigs(List.of(resource)).all().get().get(resource).entries()) {
            if (entry.source() != ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG) continue;
            System.out.printf("setting %s %s=%s%n", topic, entry.name(), entry.value());
        }
    }

    private void records(TopicPartition partition, String isolation) {
        Properties settings = new Properties();
        settings.putAll(Map.of("bootstrap.servers", bootstrap, "isolation.level", isolation));
        settings.putAll(Map.of("auto.offset.reset", "none", "check.crcs", "true", "fetch.max.wait.ms", "20"));
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> all = List.of(partition);
            consumer.assign(all);
            long start = consumer.beginningOffsets(all).get(partition);
            long end = consumer.endOffsets(all).get(partition);
            System.out.printf("%s %s from %d to %d%n", isolation, partition, start, end);
            consumer.seekToBeginning(all);
            long deadlineMs = System.currentTimeMillis() + READING_MS_MAX;
            while (consumer.position(partition) < end) {
                if (System.currentTimeMillis() > deadlineMs) throw new IllegalStateException(partition + " has no end");
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    System.out.printf("%s %s %s%n", isolation, partition, described(record));
                }
            }
        }
    }

    private static String described(ConsumerRecord<byte[], byte[]> record) {
        StringBuilder headers = new StringBuilder();
        for (Header header : record.headers()) headers.append(header.key()).append('=').append(hex(header.value()));
        return String.format("offset %d epoch %s %s %d key %s value %d:%d headers %s",
                record.offset(), record.leaderEpoch().orElse(-1), record.timestampType(), record.timestamp(),
                hex(record.key()), record.serializedValueSize(), Arrays.hashCode(record.value()), headers);
    }

    private static String hex(byte[] bytes) {
        return bytes == null ? "null" : HexFormat.of().formatHex(bytes);
    }

    private void groups() throws Exception {
        for (String group : List.of("readers.classic", "readers.consumer", "movers")) {
            admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().forEach((partition, offset) ->
                    System.out.printf("group %s %s %d %s%n", group, partition, offset.offset(), offset.metadata()));
        }
    }
}
