package main

import (
	"net"
	"slices"
	"strconv"
	"time"

	"github.com/IBM/sarama"
	"samsa.test/compat"
)

type admin struct {
	sarama.ClusterAdmin
	client sarama.Client
}

func (admin admin) Cluster(topic string) (cluster compat.Cluster, err error) {
	brokers, controller, err := admin.DescribeCluster()
	if err != nil {
		return cluster, err
	}
	cluster.Controller = controller
	for _, broker := range brokers {
		host, port, err := net.SplitHostPort(broker.Addr())
		if err != nil {
			return cluster, err
		}
		number, err := strconv.Atoi(port)
		if err != nil {
			return cluster, err
		}
		cluster.Brokers = append(cluster.Brokers, compat.Broker{ID: broker.ID(), Host: host, Port: number})
	}
	topics, err := admin.DescribeTopics([]string{topic})
	if err != nil {
		return cluster, err
	}
	if topics[0].Err != sarama.ErrNoError {
		return cluster, topics[0].Err
	}
	for _, one := range topics[0].Partitions {
		cluster.Partitions = append(cluster.Partitions, compat.Partition{
			ID: one.ID, Leader: one.Leader, Replicas: one.Replicas, ISR: one.Isr,
		})
	}
	return cluster, nil
}

func (admin admin) Topics() ([]string, error) {
	topics, err := admin.ListTopics()
	return keysOf(topics), err
}

func keysOf[Value any](entries map[string]Value) []string {
	var keys []string
	for key := range entries {
		keys = append(keys, key)
	}
	return keys
}

func (admin admin) CreateTopic(topic string, options compat.TopicOptions) error {
	configs := map[string]*string{}
	for name, value := range options.Configs {
		configs[name] = &value
	}
	return admin.ClusterAdmin.CreateTopic(topic, &sarama.TopicDetail{
		NumPartitions: int32(options.Partitions), ReplicationFactor: int16(options.Replicas), ConfigEntries: configs,
	}, false)
}

func (admin admin) AddPartitions(topic string, total int) error {
	return admin.CreatePartitions(topic, int32(total), nil, false)
}

func (admin admin) TopicConfigs(topic string) (map[string]string, error) {
	return admin.configs(sarama.TopicResource, topic)
}

func (admin admin) BrokerConfigs(broker int32) (map[string]string, error) {
	return admin.configs(sarama.BrokerResource, strconv.Itoa(int(broker)))
}

func (admin admin) configs(kind sarama.ConfigResourceType, name string) (map[string]string, error) {
	entries, err := admin.DescribeConfig(sarama.ConfigResource{Type: kind, Name: name})
	configs := map[string]string{}
	for _, entry := range entries {
		configs[entry.Name] = entry.Value
	}
	return configs, err
}

func (admin admin) SetTopicConfig(topic, name, value string) error {
	entry := sarama.IncrementalAlterConfigsEntry{Operation: sarama.IncrementalAlterConfigsOperationSet, Value: &value}
	entries := map[string]sarama.IncrementalAlterConfigsEntry{name: entry}
	return admin.IncrementalAlterConfig(sarama.TopicResource, topic, entries, false)
}

func (admin admin) DeleteRecords(topic string, partition int32, before int64) error {
	return admin.ClusterAdmin.DeleteRecords(topic, map[int32]int64{partition: before})
}

func (admin admin) StartOffset(topic string, partition int32) (int64, error) {
	return admin.client.GetOffset(topic, partition, sarama.OffsetOldest)
}

func (admin admin) EndOffset(topic string, partition int32) (int64, error) {
	return admin.client.GetOffset(topic, partition, sarama.OffsetNewest)
}

func (admin admin) OffsetAt(topic string, partition int32, at time.Time) (int64, error) {
	return admin.client.GetOffset(topic, partition, at.UnixMilli())
}

func (admin admin) Committed(group, topic string, partition int32) (int64, error) {
	response, err := admin.ListConsumerGroupOffsets(group, map[string][]int32{topic: {partition}})
	if err != nil {
		return 0, err
	}
	return response.GetBlock(topic, partition).Offset, nil
}

func (admin admin) SetCommitted(group, topic string, partition int32, offset int64) error {
	offsets := map[string]map[int32]sarama.OffsetAndMetadata{topic: {partition: {Offset: offset, LeaderEpoch: -1}}}
	response, err := admin.AlterConsumerGroupOffsets(group, offsets, nil)
	if err != nil {
		return err
	}
	if code := response.Errors[topic][partition]; code != sarama.ErrNoError {
		return code
	}
	return nil
}

func (admin admin) Groups() ([]string, error) {
	groups, err := admin.ListConsumerGroups()
	return keysOf(groups), err
}

func (admin admin) DescribeGroup(name string) (group compat.Group, err error) {
	groups, err := admin.DescribeConsumerGroups([]string{name})
	if err != nil {
		return group, err
	}
	group.State = groups[0].State
	for _, member := range groups[0].Members {
		group.ClientIDs = append(group.ClientIDs, member.ClientId)
	}
	slices.Sort(group.ClientIDs)
	if groups[0].Err != sarama.ErrNoError {
		return group, groups[0].Err
	}
	return group, nil
}

func (admin admin) DeleteGroup(group string) error { return admin.DeleteConsumerGroup(group) }
