import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * A member of a group, until SIGTERM: prints a line for each partition that it is given or has to give back, and for each
 * value that it has read and committed. Arguments: brokers, topic, group, protocol (consumer, classic, or
 * classic-cooperative), and perhaps an instance id. A topic with a star is a pattern.
 */
public final class ConsumeAsMember implements ConsumerRebalanceListener {
    private static final List<ConsumerRecord<String, String>> uncommitted = new ArrayList<>();
    private static volatile boolean ended = false;

    public static void main(String[] args) {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", args[0]);
        settings.put("group.id", args[2]);
        settings.put("group.protocol", args[3].split("-")[0]);
        if (args[3].startsWith("classic")) settings.put("heartbeat.interval.ms", "500");
        if (args[3].equals("classic-cooperative")) {
            settings.put("partition.assignment.strategy", CooperativeStickyAssignor.class.getName());
        }
        settings.put("auto.offset.reset", "earliest");
        settings.put("enable.auto.commit", "false");
        settings.put("metadata.max.age.ms", "1000");
        if (args.length > 4) settings.put("group.instance.id", args[4]);
        KafkaConsumer<String, String> consumer =
            new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
        Thread main = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            ended = true;
            try {
                main.join(20_000);
            } catch (InterruptedException interrupted) {
                main.interrupt();
            }
        }));
        if (args[1].contains("*")) consumer.subscribe(new SubscriptionPattern(args[1]), new ConsumeAsMember());
        else consumer.subscribe(Collections.singletonList(args[1]), new ConsumeAsMember());
        while (!ended || !uncommitted.isEmpty()) {
            consumer.poll(Duration.ofMillis(200)).forEach(uncommitted::add);
            commit(consumer);
        }
        consumer.close();
        System.out.println("left");
    }

    /** A classic member that keeps its partitions reads on while it joins again, and has to commit later then. */
    private static void commit(KafkaConsumer<String, String> consumer) {
        if (uncommitted.isEmpty()) return;
        try {
            consumer.commitSync();
        } catch (RebalanceInProgressException later) {
            return;
        }
        uncommitted.forEach(record -> System.out.println("read " + record.value()));
        uncommitted.clear();
    }

    /** Who gets the partitions reads once more what was not committed. */
    private static void forget(Collection<TopicPartition> partitions) {
        uncommitted.removeIf(record -> partitions.contains(new TopicPartition(record.topic(), record.partition())));
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        partitions.forEach(partition -> System.out.println("assigned " + partition));
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        forget(partitions);
        partitions.forEach(partition -> System.out.println("revoked " + partition));
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        forget(partitions);
        partitions.forEach(partition -> System.out.println("lost " + partition));
    }
}
