package main

import (
	"net"
	"sync"
	"time"
)

// fault is what is wrong with the way to S3.
type fault struct {
	// Milliseconds that each answer takes longer.
	DelayMs int `json:"delayMs"`
	// "refuse": connections are cut and new ones refused. "hang": nothing is answered any more.
	Down string `json:"down"`
}

// gate passes connections on to MinIO, which does the TLS itself.
type gate struct {
	target string
	mutex  sync.Mutex
	fault  fault
	open   map[net.Conn]struct{}
	// Absent while S3 is down.
	listener net.Listener
}

func newGate(target string) *gate {
	return &gate{target: target, open: map[net.Conn]struct{}{}}
}

func (g *gate) set(wanted fault) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	g.fault = wanted
	if wanted.Down == "refuse" {
		// As of a dead server: the kernel refuses.
		if g.listener != nil {
			g.listener.Close()
		}
		for connection := range g.open {
			connection.Close()
		}
	}
}

func (g *gate) current() fault {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	return g.fault
}

func (g *gate) serve(address string) error {
	for {
		listener, err := g.listen(address)
		if err != nil {
			return err
		}
		for {
			connection, err := listener.Accept()
			if err != nil {
				break
			}
			go g.pass(connection)
		}
		for g.current().Down == "refuse" {
			time.Sleep(50 * time.Millisecond)
		}
	}
}

func (g *gate) listen(address string) (net.Listener, error) {
	listener, err := net.Listen("tcp", address)
	g.mutex.Lock()
	defer g.mutex.Unlock()
	g.listener = listener
	return listener, err
}

func (g *gate) keep(connection net.Conn) func() {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	g.open[connection] = struct{}{}
	return func() {
		g.mutex.Lock()
		defer g.mutex.Unlock()
		delete(g.open, connection)
		connection.Close()
	}
}

func (g *gate) pass(client net.Conn) {
	defer g.keep(client)()
	server, err := net.Dial("tcp", g.target)
	if err != nil {
		return
	}
	defer g.keep(server)()
	done := make(chan struct{}, 2)
	go func() { g.copy(server, client, false); done <- struct{}{} }()
	go func() { g.copy(client, server, true); done <- struct{}{} }()
	<-done
}

type chunk struct {
	bytes []byte
	due   time.Time
}

// copy delays what it passes on without making it slower: latency, not bandwidth.
func (g *gate) copy(to, from net.Conn, delayed bool) {
	chunks := make(chan chunk, 1024)
	go func() {
		defer close(chunks)
		for {
			buffer := make([]byte, 64<<10)
			n, err := from.Read(buffer)
			if n > 0 {
				due := time.Now()
				if delayed {
					due = due.Add(time.Duration(g.current().DelayMs) * time.Millisecond)
				}
				chunks <- chunk{buffer[:n], due}
			}
			if err != nil {
				return
			}
		}
	}()
	for next := range chunks {
		time.Sleep(time.Until(next.due))
		for g.current().Down == "hang" {
			time.Sleep(100 * time.Millisecond)
		}
		if _, err := to.Write(next.bytes); err != nil {
			break
		}
	}
	// The other direction may have bytes on their way still.
	if half, ok := to.(*net.TCPConn); ok {
		half.CloseWrite()
	}
	for range chunks {
	}
}
