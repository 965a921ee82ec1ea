import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Writes PREFIX-CODEC-0 to PREFIX-CODEC-(COUNT-1) to partition 0 with each of the codecs, several at a time. Every fifth
 * has no key, every seventh no value.
 */
public final class WriteMessages {
    public static void main(String[] args) throws Exception {
        for (String codec : args[4].split(",")) {
            Properties settings = new Properties();
            settings.put("bootstrap.servers", args[0]);
            settings.put("acks", "all");
            settings.put("linger.ms", "50");
            settings.put("compression.type", codec);
            KafkaProducer<String, String> producer =
                    new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
            int count = Integer.parseInt(args[3]);
            for (int number = 0; number < count; number++) {
                String text = args[2] + "-" + codec + "-" + number;
                String key = number % 5 == 4 ? null : text;
                String value = number % 7 == 6 ? null : text;
                producer.send(new ProducerRecord<>(args[1], 0, key, value), (sent, failure) -> {
                    if (failure == null) return;
                    failure.printStackTrace();
                    System.exit(1);
                });
            }
            producer.close();
        }
    }
}
