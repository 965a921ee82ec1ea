import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Sends lines of three words, each line once, until SIGTERM: `ProduceLines SERVERS TOPIC`. In the end it prints how many
 * lines are acknowledged, which are all of them.
 */
public final class ProduceLines {
    private static volatile boolean ends = false;

    public static void main(String[] args) throws InterruptedException {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", args[0]);
        settings.put("delivery.timeout.ms", "240000");
        Thread main = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            ends = true;
            try {
                main.join();
            } catch (InterruptedException ended) {
                main.interrupt();
            }
        }));
        AtomicReference<Exception> failed = new AtomicReference<>();
        int lines = 0;
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            for (; !ends && failed.get() == null; lines++) {
                String line = "any by-seven-" + lines % 7 + " by-twenty-" + lines % 20;
                producer.send(new ProducerRecord<>(args[1], String.valueOf(lines), line), (sent, error) -> {
                    if (error != null) failed.set(error);
                });
                Thread.sleep(5);
            }
            producer.flush();
        }
        System.out.println(failed.get() == null ? "sent " + lines : "failed " + failed.get());
    }
}
