import java.util.List;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.BackOff;
import org.springframework.kafka.annotation.DltHandler;
import org.springframework.kafka.annotation.EnableKafkaRetryTopic;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.annotation.RetryableTopic;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.retrytopic.TopicSuffixingStrategy;
import org.springframework.kafka.support.KafkaHeaders;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/** What a listener cannot take goes through topics of later tries, which pause until it is time. Nothing waits for it. */
public final class RetryTopics {
    private static final String TOPIC = "spring-retries";

    @Configuration(proxyBeanMethods = false)
    @EnableKafkaRetryTopic
    static class Application {
        @Autowired KafkaTemplate<String, String> template;
        final List<String> seen = Story.list();
        final List<String> seenLater = Story.list();
        final List<String> tries = Story.list();
        final List<String> dead = Story.list();

        @Bean
        static TaskScheduler taskScheduler() {
            return new ThreadPoolTaskScheduler();
        }

        @RetryableTopic(
            attempts = "3",
            numPartitions = "2",
            backOff = @BackOff(delay = 300, multiplier = 2),
            topicSuffixingStrategy = TopicSuffixingStrategy.SUFFIX_WITH_INDEX_VALUE)
        @KafkaListener(id = "spring-retrying", topics = TOPIC)
        void listen(String value, @Header(KafkaHeaders.RECEIVED_TOPIC) String topic) {
            if (value.equals("4") || value.equals("6") && !topic.endsWith("-1")) {
                tries.add(value + "@" + topic);
                throw new IllegalArgumentException("not " + value);
            }
            (topic.equals(TOPIC) ? seen : seenLater).add(value);
        }

        @DltHandler
        void bury(String value, @Header(KafkaHeaders.RECEIVED_TOPIC) String topic) {
            dead.add(value + "@" + topic);
        }
    }

    public static void main(String[] args) throws Exception {
        try (var context = Story.open(args[0], Application.class)) {
            Application application = context.getBean(Application.class);
            Story.sendNumbers(application.template, TOPIC, 1, 0, 10);
            Story.until(() -> application.seen.contains("9"), () -> application.seen);
            Story.until(() -> !application.seenLater.isEmpty(), () -> application.tries);
            Story.until(() -> !application.dead.isEmpty(), () -> application.tries);
            Story.say("seen", application.seen);
            Story.say("seen later", application.seenLater);
            Story.say("tries", application.tries.stream().sorted().toList());
            Story.say("dead", application.dead);
        }
    }
}
