import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Reads what is committed of the counts: `ReadCounts SERVERS COUNTS AT_LEAST`. It waits until there are at least so many.
 * Prints for each word its last count, and the counts that came in a wrong place.
 */
public final class ReadCounts {
    private static final long WAIT_MS_MAX = 150_000;

    public static void main(String[] args) {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", args[0]);
        settings.put("isolation.level", "read_committed");
        settings.put("auto.offset.reset", "earliest");
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            List<TopicPartition> partitions = new ArrayList<>();
            consumer.partitionsFor(args[1]).forEach(one -> partitions.add(new TopicPartition(args[1], one.partition())));
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            read(consumer, partitions, Integer.parseInt(args[2]));
        }
    }

    private static void read(KafkaConsumer<String, String> consumer, List<TopicPartition> partitions, int atLeast) {
        Map<String, Long> lastCounts = new TreeMap<>();
        long deadlineMs = System.currentTimeMillis() + WAIT_MS_MAX;
        int records = 0;
        while ((records < atLeast || !isAtEnd(consumer, partitions)) && System.currentTimeMillis() < deadlineMs) {
            for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                records++;
                long count = Long.parseLong(record.value());
                long last = lastCounts.getOrDefault(record.key(), 0L);
                if (count != last + 1) System.out.println("wrong " + record.key() + " " + count + " after " + last);
                lastCounts.put(record.key(), count);
            }
        }
        lastCounts.forEach((word, count) -> System.out.println(word + " " + count));
    }

    private static boolean isAtEnd(KafkaConsumer<String, String> consumer, List<TopicPartition> partitions) {
        return consumer.endOffsets(partitions).entrySet().stream()
            .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }
}
