import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** What a transactional producer of any age can do: `Transactions SERVERS TOPIC STEPS`. Prints what came of each step. */
public final class Transactions {
    private final String servers;
    private final String topic;

    private Transactions(String servers, String topic) {
        this.servers = servers;
        this.topic = topic;
    }

    public static void main(String[] args) throws Exception {
        Transactions transactions = new Transactions(args[0], args[1]);
        switch (args[2]) {
            case "commit-and-abort":
                transactions.commitAndAbort();
                break;
            case "fence":
                transactions.fence();
                break;
            case "time-out":
                transactions.timeOut();
                break;
            case "read":
                transactions.read("read_committed");
                transactions.read("read_uncommitted");
                break;
            default:
                throw new IllegalArgumentException(args[2]);
        }
    }

    private KafkaProducer<String, String> producer(String transactionalId, int timeoutMs) {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", servers);
        settings.put("transactional.id", transactionalId);
        settings.put("transaction.timeout.ms", String.valueOf(timeoutMs));
        KafkaProducer<String, String> producer =
            new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
        producer.initTransactions();
        return producer;
    }

    private void send(KafkaProducer<String, String> producer, int partition, String... values) throws Exception {
        for (String value : values) producer.send(new ProducerRecord<>(topic, partition, value, value)).get();
    }

    private void commitAndAbort() throws Exception {
        try (KafkaProducer<String, String> producer = producer(topic, 60_000)) {
            for (int round = 0; round < 5; round++) {
                boolean commits = round % 2 == 0;
                producer.beginTransaction();
                for (int partition = 0; partition < 2; partition++) {
                    send(producer, partition, (commits ? "committed-" : "aborted-") + round + "-" + partition);
                }
                if (commits) producer.commitTransaction();
                else producer.abortTransaction();
            }
            // An empty transaction is one, too.
            producer.beginTransaction();
            producer.commitTransaction();
        }
    }

    private void fence() throws Exception {
        KafkaProducer<String, String> first = producer(topic, 60_000);
        first.beginTransaction();
        send(first, 0, "of-the-fenced");
        try (KafkaProducer<String, String> second = producer(topic, 60_000)) {
            say("the first is refused", () -> {
                send(first, 0, "after-the-fence");
                first.commitTransaction();
            });
            second.beginTransaction();
            send(second, 0, "of-the-second");
            second.commitTransaction();
        }
        first.close();
    }

    private void timeOut() throws Exception {
        KafkaProducer<String, String> slow = producer(topic, 1_000);
        slow.beginTransaction();
        send(slow, 0, "too-slow");
        // The coordinator ends it by itself: then the log is stable up to its end.
        try (KafkaConsumer<String, String> consumer = consumer("read_committed")) {
            TopicPartition zero = new TopicPartition(topic, 0);
            for (int tries = 0; tries < 400; tries++) {
                if (consumer.endOffsets(Collections.singleton(zero)).get(zero) >= 2) break;
                Thread.sleep(50);
            }
            System.out.println("stable up to " + consumer.endOffsets(Collections.singleton(zero)).get(zero));
        }
        say("the commit is refused", slow::commitTransaction);
        slow.close();
        try (KafkaProducer<String, String> next = producer(topic, 60_000)) {
            next.beginTransaction();
            send(next, 0, "in-time");
            next.commitTransaction();
        }
    }

    private KafkaConsumer<String, String> consumer(String isolationLevel) {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", servers);
        settings.put("isolation.level", isolationLevel);
        settings.put("auto.offset.reset", "earliest");
        return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
    }

    /** All values that such a reader sees up to the end that it sees. */
    private void read(String isolationLevel) {
        try (KafkaConsumer<String, String> consumer = consumer(isolationLevel)) {
            List<TopicPartition> partitions = new ArrayList<>();
            consumer.partitionsFor(topic).forEach(one -> partitions.add(new TopicPartition(topic, one.partition())));
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            List<String> values = new ArrayList<>();
            long deadlineMs = System.currentTimeMillis() + 20_000;
            while (!isAt(ends, consumer) && System.currentTimeMillis() < deadlineMs) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                    values.add(record.value());
                }
            }
            Collections.sort(values);
            System.out.println(isolationLevel + " " + String.join(" ", values));
        }
    }

    private static boolean isAt(Map<TopicPartition, Long> ends, KafkaConsumer<String, String> consumer) {
        return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    private interface Step {
        void run() throws Exception;
    }

    /** Which of the errors that mean "another one has taken your place" it was differs from client to client. */
    private static void say(String what, Step step) throws Exception {
        List<String> expected = Arrays.asList("ProducerFencedException", "InvalidProducerEpochException");
        try {
            step.run();
            System.out.println(what + ": no");
        } catch (KafkaException | java.util.concurrent.ExecutionException error) {
            Throwable why = error;
            while (why.getCause() != null && !expected.contains(why.getClass().getSimpleName())) why = why.getCause();
            String name = why.getClass().getSimpleName();
            System.out.println(what + ": " + (expected.contains(name) ? "yes" : name));
        }
    }
}
