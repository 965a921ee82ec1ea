import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.transaction.KafkaTransactionManager;

/**
 * Listeners in transactions copy one topic to another, and fail now and then after they have sent: a reader of what is
 * committed sees each record once.
 */
public final class Transactions {
    private static final String FROM = "spring-transactions";
    private static final String TO = "spring-transactions-copied";
    private static final String GROUP = "spring-copying";
    private static final int RECORDS = 20;

    @Configuration(proxyBeanMethods = false)
    static class Application {
        @Autowired KafkaTemplate<String, String> template;
        final List<String> failed = Story.list();
        final List<String> copied = Story.list();
        final List<String> all = Story.list();

        @Bean
        static NewTopic from() {
            return Story.topic(FROM, 2);
        }

        @Bean
        static NewTopic to() {
            return Story.topic(TO, 2);
        }

        @Bean
        static ProducerFactory<String, String> producerFactory(Story.Servers servers) {
            var factory = new DefaultKafkaProducerFactory<String, String>(Story.producerSettings(servers.text()));
            factory.setTransactionIdPrefix("spring-tx-");
            return factory;
        }

        @Bean
        static KafkaTransactionManager<String, String> transactions(ProducerFactory<String, String> producers) {
            return new KafkaTransactionManager<>(producers);
        }

        @Bean
        static Consumer<ContainerProperties> inTransactions(KafkaTransactionManager<String, String> transactions) {
            return properties -> properties.setKafkaAwareTransactionManager(transactions);
        }

        @KafkaListener(id = GROUP, topics = FROM, concurrency = "2")
        void copy(String value) throws Exception {
            // Waited for, so that what is rolled back lies in the log.
            template.send(TO, Integer.parseInt(value) % 2, null, value).get();
            if (Integer.parseInt(value) % 6 != 5 || failed.contains(value)) return;
            failed.add(value);
            throw new IllegalStateException("after " + value);
        }

        @KafkaListener(id = "spring-committed", topics = TO)
        void readCommitted(String value) {
            copied.add(value);
        }

        @KafkaListener(id = "spring-all", topics = TO, properties = "isolation.level=read_uncommitted")
        void readAll(String value) {
            all.add(value);
        }
    }

    public static void main(String[] args) throws Exception {
        try (var context = Story.open(args[0], Application.class)) {
            Application application = context.getBean(Application.class);
            KafkaTemplate<String, String> template = application.template;
            try {
                template.executeInTransaction(in -> {
                    in.send(FROM, 0, null, "never").join();
                    throw new IllegalStateException("on purpose");
                });
            } catch (IllegalStateException rolledBack) {
                Story.say("rolled back " + rolledBack.getMessage());
            }
            template.executeInTransaction(in -> {
                for (int number = 0; number < RECORDS; number++) {
                    in.send(FROM, number % 2, null, String.valueOf(number));
                }
                return true;
            });
            int tries = RECORDS + RECORDS / 6;
            Story.until(
                () -> application.copied.size() >= RECORDS && application.all.size() >= tries,
                () -> application.copied);
            Story.say("failed after", sorted(application.failed));
            Story.say("committed", sorted(application.copied));
            Story.say("all", sorted(application.all));
        }
    }

    private static List<Integer> sorted(List<String> numbers) {
        return numbers.stream().map(Integer::valueOf).sorted().toList();
    }
}
