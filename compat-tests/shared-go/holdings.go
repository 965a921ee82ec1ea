package compat

import (
	"slices"
	"sync"
)

// Holdings keeps book of the partitions that a member is given and that are taken from it.
type Holdings struct {
	lock     sync.Mutex
	assigned []int32
	revoked  []int32
}

func (holdings *Holdings) Gain(partitions ...int32) {
	holdings.lock.Lock()
	defer holdings.lock.Unlock()
	holdings.assigned = append(holdings.assigned, partitions...)
}

func (holdings *Holdings) Lose(partitions ...int32) {
	holdings.lock.Lock()
	defer holdings.lock.Unlock()
	holdings.assigned = slices.DeleteFunc(holdings.assigned, func(one int32) bool { return slices.Contains(partitions, one) })
	holdings.revoked = append(holdings.revoked, partitions...)
}

func (holdings *Holdings) Assigned() []int32 {
	holdings.lock.Lock()
	defer holdings.lock.Unlock()
	return slices.Sorted(slices.Values(holdings.assigned))
}

func (holdings *Holdings) Revoked() []int32 {
	holdings.lock.Lock()
	defer holdings.lock.Unlock()
	return slices.Sorted(slices.Values(holdings.revoked))
}
