package main

import (
	"fmt"

	"github.com/twmb/franz-go/pkg/kfake"
)

// franz-go's own broker in memory, for comparison: what a broker costs that keeps nothing.
func serveFake(options) (outcome, error) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.DefaultNumPartitions(4), kfake.AllowAutoTopicCreation())
	if err != nil {
		return outcome{}, err
	}
	defer cluster.Close()
	fmt.Println(cluster.ListenAddrs()[0])
	return outcome{}, waitForLine()
}
