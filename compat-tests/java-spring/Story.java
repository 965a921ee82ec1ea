import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.kafka.annotation.EnableKafka;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.config.TopicBuilder;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.listener.CommonErrorHandler;
import org.springframework.kafka.listener.ContainerProperties;

/** What the stories have in common: the beans that an application declares, and how to tell what was seen. */
final class Story {
    private static final long WAIT_MS_MAX = 90_000;

    /** Where the broker is. */
    record Servers(String text) {}

    /** The usual beans, over strings; a story may add how its containers acknowledge, and what they do with errors. */
    @Configuration(proxyBeanMethods = false)
    @EnableKafka
    static class Beans {
        @Bean
        KafkaAdmin kafkaAdmin(Servers servers) {
            return new KafkaAdmin(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, servers.text()));
        }

        @Bean
        ConsumerFactory<String, String> consumerFactory(Servers servers) {
            return new DefaultKafkaConsumerFactory<>(consumerSettings(servers.text()));
        }

        @Bean
        ConcurrentKafkaListenerContainerFactory<String, String> kafkaListenerContainerFactory(
                ConsumerFactory<String, String> consumerFactory,
                KafkaTemplate<String, String> template,
                ObjectProvider<Consumer<ContainerProperties>> properties,
                ObjectProvider<CommonErrorHandler> errorHandler) {
            ConcurrentKafkaListenerContainerFactory<String, String> factory =
                new ConcurrentKafkaListenerContainerFactory<>();
            factory.setConsumerFactory(consumerFactory);
            factory.setReplyTemplate(template);
            properties.ifAvailable(set -> set.accept(factory.getContainerProperties()));
            errorHandler.ifAvailable(factory::setCommonErrorHandler);
            return factory;
        }

        @Bean
        ProducerFactory<String, String> producerFactory(Servers servers) {
            return new DefaultKafkaProducerFactory<>(producerSettings(servers.text()));
        }

        @Bean
        @Primary
        KafkaTemplate<String, String> kafkaTemplate(ProducerFactory<String, String> producerFactory) {
            return new KafkaTemplate<>(producerFactory);
        }
    }

    static Map<String, Object> consumerSettings(String servers) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", servers);
        settings.put("key.deserializer", StringDeserializer.class);
        settings.put("value.deserializer", StringDeserializer.class);
        settings.put("auto.offset.reset", "earliest");
        settings.put("isolation.level", "read_committed");
        return settings;
    }

    static Map<String, Object> producerSettings(String servers) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", servers);
        settings.put("key.serializer", StringSerializer.class);
        settings.put("value.serializer", StringSerializer.class);
        return settings;
    }

    static NewTopic topic(String name, int partitions) {
        return TopicBuilder.name(name).partitions(partitions).replicas(1).build();
    }

    /** An application of the usual beans and these. */
    static AnnotationConfigApplicationContext open(String servers, Class<?>... more) {
        AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
        context.registerBean(Servers.class, () -> new Servers(servers));
        context.register(Beans.class);
        context.register(more);
        context.refresh();
        return context;
    }

    /** Sends the numbers from one up to another, in one partition each time. */
    static void sendNumbers(KafkaTemplate<String, String> template, String topic, int partition, int from, int to) {
        for (int number = from; number < to; number++) template.send(topic, partition, null, String.valueOf(number));
        template.flush();
    }

    /** By partition, where the group goes on. */
    static Map<Integer, Long> committed(String servers, String group) throws Exception {
        Map<Integer, Long> offsets = new TreeMap<>();
        try (AdminClient admin = AdminClient.create(Map.of("bootstrap.servers", servers))) {
            admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get()
                .forEach((partition, offset) -> offsets.put(partition.partition(), offset.offset()));
        }
        return offsets;
    }

    static <T> List<T> list() {
        return Collections.synchronizedList(new ArrayList<>());
    }

    /** In one line, as they came. */
    static void say(String what, List<?> items) {
        synchronized (items) {
            say(what + ": " + String.join(" ", items.stream().map(String::valueOf).toList()));
        }
    }

    static void say(String line) {
        System.out.println(line);
    }

    static void until(BooleanSupplier isSo, Supplier<?> instead) throws InterruptedException {
        long deadlineMs = System.currentTimeMillis() + WAIT_MS_MAX;
        while (!isSo.getAsBoolean()) {
            if (System.currentTimeMillis() > deadlineMs) throw new IllegalStateException("only " + instead.get());
            Thread.sleep(20);
        }
    }

    private Story() {}
}
