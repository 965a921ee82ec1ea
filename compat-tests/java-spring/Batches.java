import java.util.List;
import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.BatchListenerFailedException;
import org.springframework.kafka.listener.CommonErrorHandler;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.util.backoff.FixedBackOff;

/**
 * A listener takes batches and says which record of a batch it cannot take: what comes before is committed, the record
 * is tried again, and then it is a dead letter.
 */
public final class Batches {
    private static final String TOPIC = "spring-batches";
    private static final String GROUP = "spring-batch-readers";
    private static final String BAD = "13";

    @Configuration(proxyBeanMethods = false)
    static class Application {
        @Autowired KafkaTemplate<String, String> template;
        final List<String> seen = Story.list();
        final List<String> tries = Story.list();
        final List<String> dead = Story.list();
        volatile int sizeMax = 0;

        @Bean
        static NewTopic topic() {
            return Story.topic(TOPIC, 1);
        }

        @Bean
        static NewTopic deadLetters() {
            return Story.topic(TOPIC + "-dlt", 1);
        }

        @Bean
        static CommonErrorHandler triesTwice(KafkaTemplate<String, String> template) {
            return new DefaultErrorHandler(new DeadLetterPublishingRecoverer(template), new FixedBackOff(20, 1));
        }

        @KafkaListener(
            id = GROUP, topics = TOPIC, batch = "true", autoStartup = "false", properties = "max.poll.records=10")
        void listen(List<String> values) {
            sizeMax = Math.max(sizeMax, values.size());
            for (int i = 0; i < values.size(); i++) {
                if (values.get(i).equals(BAD)) {
                    tries.add(BAD);
                    throw new BatchListenerFailedException("not this one", i);
                }
                seen.add(values.get(i));
            }
        }

        @KafkaListener(id = "spring-batch-undertakers", topics = TOPIC + "-dlt")
        void bury(String value) {
            dead.add(value);
        }
    }

    public static void main(String[] args) throws Exception {
        try (var context = Story.open(args[0], Application.class)) {
            Application application = context.getBean(Application.class);
            Story.sendNumbers(application.template, TOPIC, 0, 0, 30);
            var registry = context.getBean(KafkaListenerEndpointRegistry.class);
            registry.getListenerContainer(GROUP).start();
            Story.until(() -> application.seen.contains("29") && !application.dead.isEmpty(), () -> application.seen);
            Story.say("seen", application.seen);
            Story.say("largest batch " + application.sizeMax);
            Story.say("tries", application.tries);
            Story.say("dead", application.dead);
        }
        Story.say("goes on at " + Story.committed(args[0], GROUP));
    }
}
