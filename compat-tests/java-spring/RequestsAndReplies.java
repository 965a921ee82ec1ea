import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.requestreply.ReplyingKafkaTemplate;
import org.springframework.kafka.requestreply.RequestReplyFuture;
import org.springframework.messaging.handler.annotation.SendTo;

/** Requests, many at once, to three listeners of the new group protocol: each gets its own reply by another topic. */
public final class RequestsAndReplies {
    private static final String REQUESTS = "spring-requests";
    private static final String REPLIES = "spring-replies";
    private static final int COUNT = 30;
    private static final int WAIT_S_MAX = 90;

    @Configuration(proxyBeanMethods = false)
    static class Application {
        @Autowired ReplyingKafkaTemplate<String, String, String> asking;

        @Bean
        static NewTopic requests() {
            return Story.topic(REQUESTS, 3);
        }

        @Bean
        static NewTopic replies() {
            return Story.topic(REPLIES, 2);
        }

        @Bean
        static ReplyingKafkaTemplate<String, String, String> asking(
                ProducerFactory<String, String> producers,
                ConcurrentKafkaListenerContainerFactory<String, String> containers) {
            var replies = containers.createContainer(REPLIES);
            replies.getContainerProperties().setGroupId("spring-asking");
            return new ReplyingKafkaTemplate<>(producers, replies);
        }

        @KafkaListener(
            id = "spring-answering", topics = REQUESTS, concurrency = "3", properties = "group.protocol=consumer")
        @SendTo
        String answer(String number) {
            return String.valueOf(Integer.parseInt(number) * 2);
        }
    }

    public static void main(String[] args) throws Exception {
        try (var context = Story.open(args[0], Application.class)) {
            var asking = context.getBean(Application.class).asking;
            asking.waitForAssignment(Duration.ofSeconds(WAIT_S_MAX));
            List<RequestReplyFuture<String, String, String>> replies = new ArrayList<>();
            for (int number = 0; number < COUNT; number++) {
                var request = new ProducerRecord<String, String>(REQUESTS, number % 3, null, String.valueOf(number));
                replies.add(asking.sendAndReceive(request, Duration.ofSeconds(WAIT_S_MAX)));
            }
            List<String> doubles = new ArrayList<>();
            for (var reply : replies) doubles.add(reply.get(WAIT_S_MAX, TimeUnit.SECONDS).value());
            Story.say("doubles", doubles);
        }
    }
}
