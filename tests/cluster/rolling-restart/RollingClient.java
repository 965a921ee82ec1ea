import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * SERVERS TOPIC: an application that writes numbers and reads them back in a group, with the client's default settings.
 * It prints `error …` for whatever the client lets through to it, and at a line of input its counts.
 */
public final class RollingClient {
    private static final int PAUSE_MS = 10;
    private static final int CATCH_UP_MS_MAX = 60_000;

    private final String servers;
    private final String topic;
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final Set<String> read = ConcurrentHashMap.newKeySet();
    private final AtomicInteger repeated = new AtomicInteger();
    /** Between two acknowledgements; only the producer's own thread writes it. */
    private volatile long longestMs;
    private long lastMs = Long.MAX_VALUE;
    private final AtomicBoolean isEnding = new AtomicBoolean();
    private final AtomicBoolean isOver = new AtomicBoolean();

    private RollingClient(String servers, String topic) {
        this.servers = servers;
        this.topic = topic;
    }

    public static void main(String[] args) throws Exception {
        RollingClient client = new RollingClient(args[0], args[1]);
        Thread consumer = new Thread(client::consume);
        Thread producer = new Thread(client::produce);
        consumer.start();
        producer.start();
        System.in.read();
        client.isEnding.set(true);
        producer.join();
        long untilMs = System.currentTimeMillis() + CATCH_UP_MS_MAX;
        while (!client.read.containsAll(client.acknowledged) && System.currentTimeMillis() < untilMs) {
            Thread.sleep(PAUSE_MS);
        }
        client.isOver.set(true);
        consumer.join();
        int acknowledged = client.acknowledged.size();
        client.acknowledged.removeAll(client.read);
        System.out.printf(
                "acknowledged %d missing %d repeated %d longest-ms %d%n",
                acknowledged, client.acknowledged.size(), client.repeated.get(), client.longestMs);
    }

    private void produce() {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", servers);
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            for (int number = 0; !isEnding.get(); number++) {
                String value = String.valueOf(number);
                producer.send(new ProducerRecord<>(topic, value, value), (metadata, error) -> {
                    if (error == null) acknowledged(value);
                    else complain(error);
                });
                Thread.sleep(PAUSE_MS);
            }
        } catch (Exception error) {
            complain(error);
        }
    }

    private void acknowledged(String value) {
        acknowledged.add(value);
        long nowMs = System.currentTimeMillis();
        longestMs = Math.max(longestMs, nowMs - lastMs);
        lastMs = nowMs;
    }

    private void consume() {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", servers);
        settings.put("group.id", topic + "-readers");
        settings.put("auto.offset.reset", "earliest");
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(topic));
            while (!isOver.get()) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                    if (read.isEmpty()) System.out.println("reads");
                    if (!read.add(record.value())) repeated.incrementAndGet();
                }
            }
        } catch (Exception error) {
            complain(error);
        }
    }

    private void complain(Exception error) {
        System.out.println("error " + error);
    }
}
