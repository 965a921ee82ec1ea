package compat

import (
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
	"time"
)

// The steps that many scenarios share: topics, sending, reading, polling the members of a group.

func (s *Scenario) group() string { return s.Topic + "-group" }

// createTopic makes the topic and waits until its partitions answer.
func (s *Scenario) createTopic(topic string, partitions int, config ...string) {
	configs := map[string]string{}
	for pair := range slices.Chunk(config, 2) {
		configs[pair[0]] = pair[1]
	}
	s.Check(s.Client.CreateTopic(topic, TopicOptions{Partitions: partitions, Replicas: 1, Configs: configs}))
	s.waitForPartitions(topic, partitions)
}

// waitForPartitions waits for each: its leader is named a moment before it takes records.
func (s *Scenario) waitForPartitions(topic string, partitions int) {
	s.Until("the topic has its partitions", patience, func() bool {
		cluster, err := s.Client.Cluster(topic)
		return err == nil && len(cluster.Partitions) == partitions
	})
	for partition := range partitions {
		s.Until(fmt.Sprintf("partition %d answers", partition), patience, func() bool {
			_, err := s.Client.EndOffset(topic, int32(partition))
			return err == nil
		})
	}
}

// addPartitions has the suite do it where the client has no call for it.
func (s *Scenario) addPartitions(total int) error {
	err := s.Client.AddPartitions(s.Topic, total)
	if _, cannot := err.(Unsupported); cannot {
		s.Ask("add-partitions", map[string]any{"topic": s.Topic, "count": total})
		return nil
	}
	return err
}

// send uses a producer of its own.
func (s *Scenario) send(options ProducerOptions, records []Record) {
	producer := must(s.Client.NewProducer(options))
	s.Check(producer.Send(records...))
	s.Check(producer.Close())
}

func (s *Scenario) reader(options ReaderOptions) SeekingReader {
	if options.From == nil {
		options.From = map[int32]int64{0: Earliest}
	}
	return must(s.Client.NewReader(options))
}

// read reads exactly so many: nothing may follow.
func (s *Scenario) read(options ReaderOptions, count int) []Record {
	reader := s.reader(options)
	defer reader.Close()
	records := s.readFrom(reader, count)
	s.Equal("records", len(records)+len(s.readFor(reader, 500*time.Millisecond)), count)
	return records
}

func (s *Scenario) readAll(count int) []Record { return s.read(ReaderOptions{Topic: s.Topic}, count) }

func (s *Scenario) readPartitions(partitions, count int) []Record {
	from := map[int32]int64{}
	for partition := range partitions {
		from[int32(partition)] = Earliest
	}
	return s.read(ReaderOptions{Topic: s.Topic, From: from}, count)
}

func (s *Scenario) readFrom(reader Reader, count int) []Record {
	var records []Record
	s.poll(fmt.Sprintf("%d records", count), 2*patience, func(_ int, record Record) {
		records = append(records, record)
	}, func() bool { return len(records) >= count }, reader)
	return records
}

func (s *Scenario) readFor(reader Reader, time time.Duration) []Record {
	var records []Record
	s.pollFor(time, func(_ int, record Record) { records = append(records, record) }, reader)
	return records
}

func (s *Scenario) join(options MemberOptions) Member {
	options.Group = s.group()
	if options.Topic == "" {
		options.Topic = s.Topic
	}
	if options.ClientID == "" {
		options.ClientID = "compat"
	}
	if options.SessionTimeout == 0 {
		options.SessionTimeout = 10 * time.Second
	}
	return must(s.Client.Join(options))
}

// readWith has a member of the group read exactly so many values, and closes it.
func (s *Scenario) readWith(member Member, count int) []string {
	values := valuesOf(append(s.readFrom(member, count), s.readFor(member, 500*time.Millisecond)...))
	s.Check(member.Close())
	return values
}

// poll reads from all in turn, until it is done.
func (s *Scenario) poll(what string, limit time.Duration, see func(int, Record), isDone func() bool, readers ...Reader) {
	s.pollThroughErrors(what, limit, see, isDone, false, readers)
}

// pollThrough goes on when reading fails, as it does while a broker is away.
func (s *Scenario) pollThrough(what string, limit time.Duration, see func(int, Record), isDone func() bool, reader Reader) {
	s.pollThroughErrors(what, limit, see, isDone, true, []Reader{reader})
}

func (s *Scenario) pollThroughErrors(
	what string, limit time.Duration, see func(int, Record), isDone func() bool, mayFail bool, readers []Reader,
) {
	deadline := time.Now().Add(limit)
	for !isDone() {
		s.Require(time.Now().Before(deadline), "%s: not within %v", what, limit)
		for index, reader := range readers {
			records, err := reader.Read()
			if !mayFail {
				s.Check(err)
			}
			for _, record := range records {
				if see != nil {
					see(index, record)
				}
			}
		}
	}
}

func (s *Scenario) pollFor(limit time.Duration, see func(int, Record), readers ...Reader) {
	end := time.Now().Add(limit)
	s.poll("", 2*limit+patience, see, func() bool { return time.Now().After(end) }, readers...)
}

func hasPartitions(member Member, count int) func() bool {
	return func() bool { return len(member.Assigned()) == count }
}

// shared: two members have two partitions each, none in common.
func shared(one, other Member) func() bool {
	return func() bool {
		both := append(one.Assigned(), other.Assigned()...)
		slices.Sort(both)
		return len(one.Assigned()) == 2 && slices.Equal(both, []int32{0, 1, 2, 3})
	}
}

func numbered(word string, from, end int) []Record {
	var records []Record
	for i := from; i < end; i++ {
		records = append(records, Record{Value: fmt.Appendf(nil, "%s-%d", word, i)})
	}
	return records
}

func textRecord(key string, keyNumber int, value string, valueNumbers ...any) Record {
	return Record{Key: fmt.Appendf(nil, key, keyNumber), Value: fmt.Appendf(nil, value, valueNumbers...)}
}

// spread gives each record the partition of its place in the list.
func spread(records []Record, partitions int) []Record {
	for i := range records {
		records[i].Partition = int32(i % partitions)
	}
	return records
}

func byPartition(records []Record) map[int32][]Record {
	partitions := map[int32][]Record{}
	for _, record := range records {
		partitions[record.Partition] = append(partitions[record.Partition], record)
	}
	return partitions
}

func valuesOf(records []Record) []string {
	values := make([]string, 0, len(records))
	for _, record := range records {
		values = append(values, string(record.Value))
	}
	return values
}

func crcOf(records []Record) string {
	sum := crc32.NewIEEE()
	for _, record := range records {
		sum.Write(append(slices.Clone(record.Value), '\n'))
	}
	return fmt.Sprintf("%08x", sum.Sum32())
}

func quoted(bytes []byte) string {
	if bytes == nil {
		return "null"
	}
	return fmt.Sprintf("%q", bytes)
}

// isFenced also takes a client's own word for it.
func (s *Scenario) isFenced(err error, codes ...int) bool {
	return slices.Contains(codes, s.Client.Code(err)) || strings.Contains(strings.ToLower(err.Error()), "fenced")
}
