import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * A member of a group of the consumer protocol, until SIGTERM: prints a line for each partition that it is given or has
 * to give back, and for each value that it has read and committed. A topic with a star is a pattern.
 */
public final class ConsumeAsMember implements ConsumerRebalanceListener {
    public static void main(String[] args) {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", args[0]);
        settings.put("group.protocol", "consumer");
        settings.put("group.id", args[2]);
        settings.put("auto.offset.reset", "earliest");
        settings.put("enable.auto.commit", "false");
        settings.put("metadata.max.age.ms", "1000");
        if (args.length > 3) settings.put("group.instance.id", args[3]);
        KafkaConsumer<String, String> consumer =
            new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
        Thread main = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            consumer.wakeup();
            try {
                main.join(20_000);
            } catch (InterruptedException ended) {
                main.interrupt();
            }
        }));
        if (args[1].contains("*")) consumer.subscribe(new SubscriptionPattern(args[1]), new ConsumeAsMember());
        else consumer.subscribe(Collections.singletonList(args[1]), new ConsumeAsMember());
        try {
            while (true) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                    consumer.commitSync();
                    System.out.println("read " + record.value());
                }
            }
        } catch (WakeupException end) {
            consumer.close();
            System.out.println("left");
        }
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        partitions.forEach(partition -> System.out.println("assigned " + partition));
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        partitions.forEach(partition -> System.out.println("revoked " + partition));
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        partitions.forEach(partition -> System.out.println("lost " + partition));
    }
}
