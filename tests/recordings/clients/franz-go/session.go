// `session SERVERS`: what franz-go can do, once.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

const (
	topic = "recorded-franz-go"
	group = topic + "-group"
	// What the broker does after it has answered: opening logs, ending transactions.
	settled = time.Second
)

func main() {
	for _, module := range moduleVersions() {
		fmt.Println(module)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	client := clientWith()
	defer client.Close()
	admin := kadm.NewClient(client)
	check2(admin.CreateTopics(ctx, 2, 1, nil, topic))
	time.Sleep(settled)
	produce(ctx)
	consume(ctx, 12)
	copyInTransactions(ctx)
	consume(ctx, 1, kgo.FetchIsolationLevel(kgo.ReadCommitted()))
	administer(ctx, admin)
}

func clientWith(options ...kgo.Opt) *kgo.Client {
	client, err := kgo.NewClient(append(options, kgo.SeedBrokers(os.Args[1]), kgo.ClientID(topic))...)
	check(err)
	return client
}

func produce(ctx context.Context) {
	codecs := []kgo.CompressionCodec{kgo.SnappyCompression(), kgo.Lz4Compression(), kgo.ZstdCompression()}
	for index, codec := range codecs {
		client := clientWith(kgo.ProducerBatchCompression(codec), kgo.RecordPartitioner(kgo.ManualPartitioner()))
		var records []*kgo.Record
		for number := range 4 {
			value := fmt.Sprintf("codec %d, %d, again again again again again again", index, number)
			records = append(records, &kgo.Record{
				Topic: topic, Partition: int32(number % 2), Key: []byte{byte('0' + number)}, Value: []byte(value),
				Headers: []kgo.RecordHeader{{Key: "codec", Value: []byte{byte('0' + index)}}},
			})
		}
		check(client.ProduceSync(ctx, records...).FirstErr())
		client.Close()
	}
}

func consume(ctx context.Context, wanted int, options ...kgo.Opt) {
	client := clientWith(append(options, groupOptions()...)...)
	for seen := 0; seen < wanted; {
		fetches := client.PollFetches(ctx)
		check(fetches.Err())
		seen += fetches.NumRecords()
	}
	check(client.CommitUncommittedOffsets(ctx))
	check(client.LeaveGroupContext(ctx))
	client.Close()
}

func groupOptions() []kgo.Opt {
	return []kgo.Opt{
		kgo.ConsumerGroup(group), kgo.ConsumeTopics(topic), kgo.DisableAutoCommit(),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.FetchMaxWait(500 * time.Millisecond),
	}
}

func copyInTransactions(ctx context.Context) {
	producer := clientWith(kgo.TransactionalID(topic+"-tx"), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	defer producer.Close()
	for number, ending := range []kgo.TransactionEndTry{kgo.TryCommit, kgo.TryAbort} {
		check(producer.BeginTransaction())
		record := &kgo.Record{Topic: topic, Partition: int32(number), Value: []byte("in a transaction")}
		check(producer.ProduceSync(ctx, record).FirstErr())
		check(producer.EndTransaction(ctx, ending))
		time.Sleep(settled)
	}
}

func administer(ctx context.Context, admin *kadm.Client) {
	check2(admin.Metadata(ctx, topic))
	check2(admin.ListGroups(ctx))
	check2(admin.DescribeGroups(ctx, group))
	check2(admin.FetchOffsets(ctx, group))
	check2(admin.ListStartOffsets(ctx, topic))
	check2(admin.ListEndOffsets(ctx, topic))
	check2(admin.DescribeTopicConfigs(ctx, topic))
	retention := "86400000"
	check2(admin.AlterTopicConfigs(ctx, []kadm.AlterConfig{{Name: "retention.ms", Value: &retention}}, topic))
	check2(admin.CreatePartitions(ctx, 1, topic))
	time.Sleep(settled)
	check2(admin.DescribeProducers(ctx, kadm.TopicsSet{topic: {0: {}}}))
	check2(admin.DescribeTransactions(ctx, topic+"-tx"))
	offsets := kadm.Offsets{}
	offsets.AddOffset(topic, 0, 3, -1)
	check2(admin.DeleteRecords(ctx, offsets))
	check2(admin.DeleteGroups(ctx, group))
	check2(admin.DeleteTopics(ctx, topic))
}

func moduleVersions() []string {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if module.Path == "github.com/twmb/franz-go" {
			return []string{"franz-go " + module.Version}
		}
	}
	return nil
}

func check(err error) {
	if err != nil && !errors.Is(err, context.Canceled) {
		panic(err)
	}
}

func check2[T any](_ T, err error) {
	check(err)
}
