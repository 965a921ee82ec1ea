package main

import (
	"strconv"
	"time"

	"github.com/confluentinc/confluent-kafka-go/v2/kafka"
	"samsa.test/compat"
)

type admin struct{ *kafka.AdminClient }

// errorIn is nil where the library says "no error" by an error.
func errorIn(err kafka.Error) error {
	if err.Code() == kafka.ErrNoError {
		return nil
	}
	return err
}

func (admin admin) Cluster(topic string) (cluster compat.Cluster, err error) {
	described, err := admin.DescribeCluster(limited())
	if err != nil {
		return cluster, err
	}
	cluster.ID, cluster.Controller = *described.ClusterID, int32(described.Controller.ID)
	metadata, err := admin.GetMetadata(&topic, false, int(callTimeout.Milliseconds()))
	if err != nil {
		return cluster, err
	}
	for _, broker := range metadata.Brokers {
		cluster.Brokers = append(cluster.Brokers, compat.Broker{ID: broker.ID, Host: broker.Host, Port: broker.Port})
	}
	for _, one := range metadata.Topics[topic].Partitions {
		cluster.Partitions = append(cluster.Partitions, compat.Partition{
			ID: one.ID, Leader: one.Leader, Replicas: one.Replicas, ISR: one.Isrs,
		})
	}
	return cluster, errorIn(metadata.Topics[topic].Error)
}

func (admin admin) Topics() ([]string, error) {
	metadata, err := admin.GetMetadata(nil, true, int(callTimeout.Milliseconds()))
	if err != nil {
		return nil, err
	}
	var names []string
	for name := range metadata.Topics {
		names = append(names, name)
	}
	return names, nil
}

func firstOf(results []kafka.TopicResult, err error) error {
	if err != nil {
		return err
	}
	return errorIn(results[0].Error)
}

func (admin admin) CreateTopic(topic string, options compat.TopicOptions) error {
	return firstOf(admin.CreateTopics(limited(), []kafka.TopicSpecification{{
		Topic: topic, NumPartitions: options.Partitions, ReplicationFactor: options.Replicas, Config: options.Configs,
	}}))
}

func (admin admin) DeleteTopic(topic string) error {
	return firstOf(admin.DeleteTopics(limited(), []string{topic}))
}

func (admin admin) AddPartitions(topic string, total int) error {
	more := kafka.PartitionsSpecification{Topic: topic, IncreaseTo: total}
	return firstOf(admin.CreatePartitions(limited(), []kafka.PartitionsSpecification{more}))
}

func (admin admin) TopicConfigs(topic string) (map[string]string, error) {
	return admin.configs(kafka.ResourceTopic, topic)
}

func (admin admin) BrokerConfigs(broker int32) (map[string]string, error) {
	return admin.configs(kafka.ResourceBroker, strconv.Itoa(int(broker)))
}

func (admin admin) configs(kind kafka.ResourceType, name string) (map[string]string, error) {
	results, err := admin.DescribeConfigs(limited(), []kafka.ConfigResource{{Type: kind, Name: name}})
	if err != nil {
		return nil, err
	}
	configs := map[string]string{}
	for _, entry := range results[0].Config {
		configs[entry.Name] = entry.Value
	}
	return configs, errorIn(results[0].Error)
}

func (admin admin) SetTopicConfig(topic, name, value string) error {
	entry := kafka.ConfigEntry{Name: name, Value: value, IncrementalOperation: kafka.AlterConfigOpTypeSet}
	resource := kafka.ConfigResource{Type: kafka.ResourceTopic, Name: topic, Config: []kafka.ConfigEntry{entry}}
	results, err := admin.IncrementalAlterConfigs(limited(), []kafka.ConfigResource{resource})
	if err != nil {
		return err
	}
	return errorIn(results[0].Error)
}

func (admin admin) DeleteRecords(topic string, partition int32, before int64) error {
	results, err := admin.AdminClient.DeleteRecords(limited(), at(topic, partition, before))
	if err != nil {
		return err
	}
	return results.DeleteRecordsResults[0].TopicPartition.Error
}

func (admin admin) StartOffset(topic string, partition int32) (int64, error) {
	return admin.listOffset(topic, partition, kafka.EarliestOffsetSpec)
}

func (admin admin) EndOffset(topic string, partition int32) (int64, error) {
	return admin.listOffset(topic, partition, kafka.LatestOffsetSpec)
}

func (admin admin) OffsetAt(topic string, partition int32, at time.Time) (int64, error) {
	return admin.listOffset(topic, partition, kafka.NewOffsetSpecForTimestamp(at.UnixMilli()))
}

func (admin admin) listOffset(topic string, partition int32, of kafka.OffsetSpec) (int64, error) {
	wanted := map[kafka.TopicPartition]kafka.OffsetSpec{{Topic: &topic, Partition: partition}: of}
	result, err := admin.ListOffsets(limited(), wanted)
	for _, info := range result.ResultInfos {
		return int64(info.Offset), errorIn(info.Error)
	}
	return -1, err
}

func (admin admin) Committed(group, topic string, partition int32) (int64, error) {
	wanted := kafka.ConsumerGroupTopicPartitions{Group: group, Partitions: at(topic, partition, 0)}
	result, err := admin.ListConsumerGroupOffsets(limited(), []kafka.ConsumerGroupTopicPartitions{wanted})
	if err != nil {
		return 0, err
	}
	committed := result.ConsumerGroupsTopicPartitions[0].Partitions[0]
	return int64(committed.Offset), committed.Error
}

func (admin admin) SetCommitted(group, topic string, partition int32, offset int64) error {
	wanted := kafka.ConsumerGroupTopicPartitions{Group: group, Partitions: at(topic, partition, offset)}
	result, err := admin.AlterConsumerGroupOffsets(limited(), []kafka.ConsumerGroupTopicPartitions{wanted})
	if err != nil {
		return err
	}
	return result.ConsumerGroupsTopicPartitions[0].Partitions[0].Error
}

func (admin admin) Groups() ([]string, error) {
	result, err := admin.ListConsumerGroups(limited())
	var names []string
	for _, group := range result.Valid {
		names = append(names, group.GroupID)
	}
	return names, err
}

func (admin admin) DescribeGroup(name string) (group compat.Group, err error) {
	result, err := admin.DescribeConsumerGroups(limited(), []string{name})
	if err != nil {
		return group, err
	}
	described := result.ConsumerGroupDescriptions[0]
	group.State = described.State.String()
	for _, member := range described.Members {
		group.ClientIDs = append(group.ClientIDs, member.ClientID)
	}
	return group, errorIn(described.Error)
}

func (admin admin) DeleteGroup(group string) error {
	result, err := admin.DeleteConsumerGroups(limited(), []string{group})
	if err != nil {
		return err
	}
	return errorIn(result.ConsumerGroupResults[0].Error)
}
