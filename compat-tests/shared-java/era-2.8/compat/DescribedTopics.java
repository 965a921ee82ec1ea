package compat;

import java.util.Map;
import org.apache.kafka.clients.admin.DescribeTopicsResult;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;

/** The answer by the names of topics, as clients before 3.1 call it. */
final class DescribedTopics {
    static KafkaFuture<Map<String, TopicDescription>> of(DescribeTopicsResult result) {
        return result.all();
    }
}
