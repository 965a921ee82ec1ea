import java.util.Collections;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Reads a topic in a group until COUNT records came, prints `offset key value` for each, and commits. For clients before 2.0. */
public final class ReadMessages {
    public static void main(String[] args) {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", args[0]);
        settings.put("group.id", args[2]);
        settings.put("auto.offset.reset", "earliest");
        settings.put("enable.auto.commit", "false");
        int wanted = Integer.parseInt(args[3]);
        long deadlineMs = System.currentTimeMillis() + 60_000;
        KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
        consumer.subscribe(Collections.singletonList(args[1]));
        int read = 0;
        while (read < wanted && System.currentTimeMillis() < deadlineMs) {
            for (ConsumerRecord<String, String> record : consumer.poll(200)) {
                System.out.println(record.offset() + " " + record.key() + " " + record.value());
                read++;
            }
        }
        consumer.commitSync();
        consumer.close();
    }
}
