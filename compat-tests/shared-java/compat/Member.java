package compat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A consumer that a thread of its own polls, and that keeps what it reads. */
final class Member implements AutoCloseable, ConsumerRebalanceListener {
    final List<ConsumerRecord<byte[], byte[]>> read = java.util.Collections.synchronizedList(new ArrayList<>());
    final List<Integer> lost = new CopyOnWriteArrayList<>();
    volatile Exception failure;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread thread;
    private volatile Set<Integer> assigned = Set.of();
    private volatile boolean ended = false;

    /** Subscribes to topics or a pattern; with `start`, it is assigned partition 0 of the only topic, from there on. */
    Member(Properties settings, List<String> topics, Pattern pattern, Long start) {
        consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        if (start != null) {
            TopicPartition partition = new TopicPartition(topics.get(0), 0);
            consumer.assign(List.of(partition));
            consumer.seek(partition, start);
        } else if (pattern != null) {
            consumer.subscribe(pattern, this);
        } else {
            consumer.subscribe(topics, this);
        }
        thread = new Thread(this::poll);
        thread.setDaemon(true);
        thread.start();
    }

    Set<Integer> assigned() {
        return assigned;
    }

    List<String> values() {
        synchronized (read) {
            return Context.values(read);
        }
    }

    synchronized void seek(String topic, long offset) {
        consumer.seek(new TopicPartition(topic, 0), offset);
    }

    synchronized void commit(String topic, long offset) {
        consumer.commitSync(Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(offset)));
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        Set<Integer> now = new TreeSet<>(assigned);
        for (TopicPartition partition : partitions) now.add(partition.partition());
        assigned = now;
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        Set<Integer> now = new TreeSet<>(assigned);
        for (TopicPartition partition : partitions) {
            now.remove(partition.partition());
            lost.add(partition.partition());
        }
        assigned = now;
    }

    @Override
    public void close() throws Exception {
        if (ended) return;
        ended = true;
        thread.join(20_000);
        consumer.close();
    }

    private void poll() {
        while (!ended) {
            try {
                synchronized (this) {
                    for (ConsumerRecord<byte[], byte[]> record : Era.poll(consumer, 50)) read.add(record);
                }
                // Whoever waits for the lock comes in.
                Thread.sleep(1);
            } catch (Exception error) {
                failure = error;
                assigned = Set.of();
                return;
            }
        }
    }
}
