package main

import (
	"strconv"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"
	metadataAPI "github.com/segmentio/kafka-go/protocol/metadata"
	"samsa.test/compat"
)

type admin struct{ *kafka.Client }

func metadataOf(topic string) protocol.Message {
	return &metadataAPI.Request{TopicNames: []string{topic}}
}

func errorIn(metadata protocol.Message) error {
	if code := kafka.Error(metadata.(*metadataAPI.Response).Topics[0].ErrorCode); code != 0 {
		return code
	}
	return nil
}

func (admin admin) Cluster(topic string) (cluster compat.Cluster, err error) {
	metadata, err := admin.Metadata(limited(), &kafka.MetadataRequest{Topics: []string{topic}})
	if err != nil {
		return cluster, err
	}
	cluster.ID, cluster.Controller = metadata.ClusterID, int32(metadata.Controller.ID)
	for _, broker := range metadata.Brokers {
		cluster.Brokers = append(cluster.Brokers, compat.Broker{ID: int32(broker.ID), Host: broker.Host, Port: broker.Port})
	}
	for _, one := range metadata.Topics[0].Partitions {
		cluster.Partitions = append(cluster.Partitions, compat.Partition{
			ID: int32(one.ID), Leader: leaderOf(one), Replicas: idsOf(one.Replicas), ISR: idsOf(one.Isr),
		})
	}
	return cluster, metadata.Topics[0].Error
}

func leaderOf(partition kafka.Partition) int32 {
	if partition.Error != nil {
		return -1
	}
	return int32(partition.Leader.ID)
}

func idsOf(brokers []kafka.Broker) []int32 {
	var ids []int32
	for _, broker := range brokers {
		ids = append(ids, int32(broker.ID))
	}
	return ids
}

func (admin admin) Topics() ([]string, error) {
	metadata, err := admin.Metadata(limited(), &kafka.MetadataRequest{})
	if err != nil {
		return nil, err
	}
	var names []string
	for _, topic := range metadata.Topics {
		names = append(names, topic.Name)
	}
	return names, nil
}

// CreateTopic begins a scenario. A connection that the broker has closed since is found out by the next call on it.
func (admin admin) CreateTopic(topic string, options compat.TopicOptions) error {
	admin.Transport.(*kafka.Transport).CloseIdleConnections()
	config := kafka.TopicConfig{Topic: topic, NumPartitions: options.Partitions, ReplicationFactor: options.Replicas}
	for name, value := range options.Configs {
		config.ConfigEntries = append(config.ConfigEntries, kafka.ConfigEntry{ConfigName: name, ConfigValue: value})
	}
	response, err := admin.CreateTopics(limited(), &kafka.CreateTopicsRequest{Topics: []kafka.TopicConfig{config}})
	if err != nil {
		return err
	}
	return response.Errors[topic]
}

func (admin admin) DeleteTopic(topic string) error {
	response, err := admin.DeleteTopics(limited(), &kafka.DeleteTopicsRequest{Topics: []string{topic}})
	if err != nil {
		return err
	}
	return response.Errors[topic]
}

func (admin admin) AddPartitions(topic string, total int) error {
	more := kafka.TopicPartitionsConfig{Name: topic, Count: int32(total)}
	request := &kafka.CreatePartitionsRequest{Topics: []kafka.TopicPartitionsConfig{more}}
	response, err := admin.CreatePartitions(limited(), request)
	if err != nil {
		return err
	}
	return response.Errors[topic]
}

func (admin admin) TopicConfigs(topic string) (map[string]string, error) {
	return admin.configs(kafka.ResourceTypeTopic, topic)
}

func (admin admin) BrokerConfigs(broker int32) (map[string]string, error) {
	return admin.configs(kafka.ResourceTypeBroker, strconv.Itoa(int(broker)))
}

func (admin admin) configs(kind kafka.ResourceType, name string) (map[string]string, error) {
	resource := kafka.DescribeConfigRequestResource{ResourceType: kind, ResourceName: name}
	request := &kafka.DescribeConfigsRequest{Resources: []kafka.DescribeConfigRequestResource{resource}}
	response, err := admin.DescribeConfigs(limited(), request)
	if err != nil {
		return nil, err
	}
	configs := map[string]string{}
	for _, entry := range response.Resources[0].ConfigEntries {
		configs[entry.ConfigName] = entry.ConfigValue
	}
	return configs, response.Resources[0].Error
}

func (admin admin) SetTopicConfig(topic, name, value string) error {
	resource := kafka.IncrementalAlterConfigsRequestResource{
		ResourceType: kafka.ResourceTypeTopic, ResourceName: topic,
		Configs: []kafka.IncrementalAlterConfigsRequestConfig{
			{Name: name, Value: value, ConfigOperation: kafka.ConfigOperationSet},
		},
	}
	request := &kafka.IncrementalAlterConfigsRequest{Resources: []kafka.IncrementalAlterConfigsRequestResource{resource}}
	response, err := admin.IncrementalAlterConfigs(limited(), request)
	if err != nil {
		return err
	}
	return response.Resources[0].Error
}

func (admin) DeleteRecords(string, int32, int64) error {
	return compat.Unsupported("kafka-go has no DeleteRecords")
}

func (admin admin) StartOffset(topic string, partition int32) (int64, error) {
	offsets, err := admin.listOffset(topic, kafka.FirstOffsetOf(int(partition)))
	return offsets.FirstOffset, err
}

func (admin admin) EndOffset(topic string, partition int32) (int64, error) {
	offsets, err := admin.listOffset(topic, kafka.LastOffsetOf(int(partition)))
	return offsets.LastOffset, err
}

func (admin admin) OffsetAt(topic string, partition int32, at time.Time) (int64, error) {
	offsets, err := admin.listOffset(topic, kafka.TimeOffsetOf(int(partition), at))
	for offset := range offsets.Offsets {
		return offset, err
	}
	return -1, err
}

func (admin admin) listOffset(topic string, wanted kafka.OffsetRequest) (offsets kafka.PartitionOffsets, err error) {
	request := &kafka.ListOffsetsRequest{Topics: map[string][]kafka.OffsetRequest{topic: {wanted}}}
	response, err := admin.ListOffsets(limited(), request)
	if err != nil {
		return offsets, err
	}
	offsets = response.Topics[topic][0]
	return offsets, offsets.Error
}

func (admin admin) Committed(group, topic string, partition int32) (int64, error) {
	request := &kafka.OffsetFetchRequest{GroupID: group, Topics: map[string][]int{topic: {int(partition)}}}
	response, err := admin.OffsetFetch(limited(), request)
	if err != nil {
		return 0, err
	}
	committed := response.Topics[topic][0]
	return committed.CommittedOffset, committed.Error
}

func (admin admin) SetCommitted(group, topic string, partition int32, offset int64) error {
	response, err := admin.OffsetCommit(limited(), &kafka.OffsetCommitRequest{
		GroupID: group, GenerationID: -1,
		Topics: map[string][]kafka.OffsetCommit{topic: {{Partition: int(partition), Offset: offset}}},
	})
	if err != nil {
		return err
	}
	return response.Topics[topic][0].Error
}

func (admin admin) Groups() ([]string, error) {
	response, err := admin.ListGroups(limited(), &kafka.ListGroupsRequest{})
	if err != nil {
		return nil, err
	}
	var names []string
	for _, group := range response.Groups {
		names = append(names, group.GroupID)
	}
	return names, response.Error
}

func (admin admin) DescribeGroup(name string) (group compat.Group, err error) {
	response, err := admin.DescribeGroups(limited(), &kafka.DescribeGroupsRequest{GroupIDs: []string{name}})
	if err != nil {
		return group, err
	}
	described := response.Groups[0]
	group.State = described.GroupState
	for _, member := range described.Members {
		group.ClientIDs = append(group.ClientIDs, member.ClientID)
	}
	return group, described.Error
}

func (admin admin) DeleteGroup(group string) error {
	response, err := admin.DeleteGroups(limited(), &kafka.DeleteGroupsRequest{GroupIDs: []string{group}})
	if err != nil {
		return err
	}
	return response.Errors[group]
}
