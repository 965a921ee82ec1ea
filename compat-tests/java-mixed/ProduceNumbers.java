import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** Sends PREFIX-0 to PREFIX-(COUNT-1), with every setting that is not named here at the client's default. */
public final class ProduceNumbers {
    public static void main(String[] args) throws Exception {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", args[0]);
        settings.put("acks", "all");
        settings.put("compression.type", args[4]);
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            for (int number = 0; number < Integer.parseInt(args[3]); number++) {
                String value = args[2] + "-" + number;
                producer.send(new ProducerRecord<>(args[1], value, value)).get();
            }
        }
    }
}
