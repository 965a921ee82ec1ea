import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Reads one topic and writes every value to another, exactly once: `CopyInTransactions SERVERS FROM TO GROUP PROTOCOL
 * [EVERY]`. It goes on until it is killed; with EVERY it aborts each so many-th transaction and reads its records again.
 * Prints a line for each transaction that has records, and for each that it has committed.
 */
public final class CopyInTransactions {
    private static final int RECORDS_PER_TRANSACTION = 20;

    public static void main(String[] args) throws Exception {
        int abortsEvery = args.length > 5 ? Integer.parseInt(args[5]) : Integer.MAX_VALUE;
        while (true) {
            try {
                copy(args[0], args[1], args[2], args[3], args[4], abortsEvery);
            } catch (ProducerFencedException | InvalidProducerEpochException fenced) {
                // The broker was away for longer than the transaction may take.
                System.out.println("fenced");
            } catch (KafkaException failed) {
                System.out.println("failed " + failed);
            }
        }
    }

    private static void copy(String servers, String from, String to, String group, String protocol, int abortsEvery) {
        try (KafkaConsumer<String, String> consumer = consumer(servers, group, protocol);
                KafkaProducer<String, String> producer = producer(servers, group)) {
            producer.initTransactions();
            consumer.subscribe(Collections.singletonList(from));
            for (int count = 1; ; ) {
                ConsumerRecords<String, String> records = consumer.poll(Duration.ofMillis(100));
                if (records.isEmpty()) continue;
                producer.beginTransaction();
                for (ConsumerRecord<String, String> record : records) {
                    producer.send(new ProducerRecord<>(to, record.partition(), record.key(), record.value()));
                }
                producer.flush();
                // Whoever kills it now leaves records behind that only the next one's start ends.
                System.out.println("open");
                producer.sendOffsetsToTransaction(nextOffsets(records), consumer.groupMetadata());
                if (count++ % abortsEvery == 0) {
                    producer.abortTransaction();
                    rewind(consumer, records);
                } else {
                    producer.commitTransaction();
                    System.out.println("committed " + records.count());
                }
            }
        }
    }

    private static Map<TopicPartition, OffsetAndMetadata> nextOffsets(ConsumerRecords<String, String> records) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (ConsumerRecord<String, String> record : records) {
            offsets.put(new TopicPartition(record.topic(), record.partition()), new OffsetAndMetadata(record.offset() + 1));
        }
        return offsets;
    }

    private static void rewind(KafkaConsumer<String, String> consumer, ConsumerRecords<String, String> records) {
        for (TopicPartition partition : records.partitions()) {
            consumer.seek(partition, records.records(partition).get(0).offset());
        }
    }

    private static KafkaConsumer<String, String> consumer(String servers, String group, String protocol) {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", servers);
        settings.put("group.id", group);
        settings.put("group.protocol", protocol);
        if (protocol.equals("classic")) {
            // One that was killed is not waited for for long.
            settings.put("session.timeout.ms", "2000");
            settings.put("heartbeat.interval.ms", "300");
        }
        settings.put("auto.offset.reset", "earliest");
        settings.put("enable.auto.commit", "false");
        settings.put("isolation.level", "read_committed");
        settings.put("max.poll.records", String.valueOf(RECORDS_PER_TRANSACTION));
        return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
    }

    private static KafkaProducer<String, String> producer(String servers, String group) {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", servers);
        settings.put("transactional.id", group + "-copier");
        settings.put("transaction.timeout.ms", "10000");
        return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
    }
}
