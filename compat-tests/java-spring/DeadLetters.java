import java.util.List;
import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.CommonErrorHandler;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.support.KafkaHeaders;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.util.backoff.FixedBackOff;

/** A listener that can never take the record 4: it is tried three times, and goes into the topic of dead letters. */
public final class DeadLetters {
    private static final String TOPIC = "spring-letters";
    private static final String GROUP = "spring-letter-readers";

    @Configuration(proxyBeanMethods = false)
    static class Application {
        @Autowired KafkaTemplate<String, String> template;
        final List<String> seen = Story.list();
        final List<String> dead = Story.list();

        @Bean
        static NewTopic topic() {
            return Story.topic(TOPIC, 2);
        }

        @Bean
        static NewTopic deadLetters() {
            return Story.topic(TOPIC + "-dlt", 2);
        }

        @Bean
        static CommonErrorHandler triesThreeTimes(KafkaTemplate<String, String> template) {
            return new DefaultErrorHandler(new DeadLetterPublishingRecoverer(template), new FixedBackOff(20, 2));
        }

        @KafkaListener(id = GROUP, topics = TOPIC)
        void listen(String value) {
            seen.add(value);
            if (value.equals("4")) throw new IllegalArgumentException("no fours");
        }

        @KafkaListener(id = "spring-undertakers", topics = TOPIC + "-dlt")
        void bury(
                String value,
                @Header(KafkaHeaders.RECEIVED_PARTITION) int partition,
                @Header(KafkaHeaders.DLT_ORIGINAL_TOPIC) String topic,
                @Header(KafkaHeaders.DLT_ORIGINAL_PARTITION) int originalPartition,
                @Header(KafkaHeaders.DLT_ORIGINAL_OFFSET) long offset,
                @Header(KafkaHeaders.DLT_ORIGINAL_CONSUMER_GROUP) String group,
                @Header(KafkaHeaders.DLT_EXCEPTION_CAUSE_FQCN) String cause) {
            String from = topic + "-" + originalPartition + "@" + offset;
            dead.add(value + " in partition " + partition + " from " + from + " of " + group + " by " + cause);
        }
    }

    public static void main(String[] args) throws Exception {
        try (var context = Story.open(args[0], Application.class)) {
            Application application = context.getBean(Application.class);
            Story.sendNumbers(application.template, TOPIC, 1, 0, 10);
            Story.until(() -> application.seen.contains("9"), () -> application.seen);
            Story.until(() -> !application.dead.isEmpty(), () -> application.seen);
            Story.say("seen", application.seen);
            Story.say("dead", application.dead);
        }
        Story.say("goes on at " + Story.committed(args[0], GROUP));
    }
}
