import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.ContainerProperties.AckMode;
import org.springframework.kafka.listener.MessageListenerContainer;
import org.springframework.kafka.support.Acknowledgment;

/** A listener acknowledges by hand: it refuses the record 5 once, and never acknowledges the last three. */
public final class Acknowledgements {
    private static final String TOPIC = "spring-acknowledgements";
    private static final String GROUP = "spring-acknowledging";

    @Configuration(proxyBeanMethods = false)
    static class Application {
        @Autowired KafkaTemplate<String, String> template;
        final List<String> seen = Story.list();
        volatile boolean acknowledgesAll = false;

        @Bean
        static NewTopic topic() {
            return Story.topic(TOPIC, 1);
        }

        @Bean
        static Consumer<ContainerProperties> byHand() {
            return properties -> properties.setAckMode(AckMode.MANUAL_IMMEDIATE);
        }

        @KafkaListener(id = GROUP, topics = TOPIC, autoStartup = "false")
        void listen(String value, Acknowledgment acknowledgment) {
            boolean isFirstFive = value.equals("5") && !seen.contains("5");
            seen.add(value);
            if (isFirstFive) {
                acknowledgment.nack(Duration.ofMillis(50));
            } else if (acknowledgesAll || Integer.parseInt(value) < 7) {
                acknowledgment.acknowledge();
            }
        }
    }

    public static void main(String[] args) throws Exception {
        try (var context = Story.open(args[0], Application.class)) {
            Application application = context.getBean(Application.class);
            Story.sendNumbers(application.template, TOPIC, 0, 0, 10);
            MessageListenerContainer container =
                context.getBean(KafkaListenerEndpointRegistry.class).getListenerContainer(GROUP);
            container.start();
            Story.until(() -> application.seen.contains("9"), () -> application.seen);
            container.stop();
            Story.say("seen", application.seen);
            Story.say("goes on at " + Story.committed(args[0], GROUP));

            application.seen.clear();
            application.acknowledgesAll = true;
            container.start();
            Story.until(() -> application.seen.contains("9"), () -> application.seen);
            container.stop();
            Story.say("seen again", application.seen);
            Story.say("goes on at " + Story.committed(args[0], GROUP));
        }
    }
}
