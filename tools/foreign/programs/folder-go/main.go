// Writes, reads, lists, renames and removes files in the one folder that it is given.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	if len(os.Args) > 1 && os.Args[1] == "stdin" {
		lines := bufio.NewScanner(os.Stdin)
		for lines.Scan() {
			fmt.Printf("line: %s\n", lines.Text())
		}
		fmt.Println("end of input")
		return lines.Err()
	}
	if _, err := os.Stat("."); err != nil {
		fmt.Println("no folder")
		return nil
	}
	if err := os.Mkdir("logs", 0o777); err != nil {
		return err
	}
	file, err := os.OpenFile("logs/a.txt", os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return err
	}
	fmt.Fprint(file, "one two ")
	fmt.Fprint(file, "three")
	if _, err := file.Seek(4, io.SeekStart); err != nil {
		return err
	}
	rest, err := io.ReadAll(file)
	if err != nil {
		return err
	}
	fmt.Printf("rest: %q\n", rest)
	file.Close()
	more, err := os.OpenFile("logs/a.txt", os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	fmt.Fprint(more, " four")
	more.Close()
	if err := os.Truncate("logs/a.txt", 16); err != nil {
		fmt.Println("truncate:", err)
	}
	if err := os.Rename("logs/a.txt", "logs/b.txt"); err != nil {
		return err
	}
	entries, err := os.ReadDir("logs")
	if err != nil {
		return err
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			return err
		}
		fmt.Println(entry.Name(), info.Size(), info.Mode().IsRegular())
	}
	text, err := os.ReadFile("logs/b.txt")
	if err != nil {
		return err
	}
	fmt.Printf("all: %q\n", text)
	if err := os.Symlink("/etc/passwd", "logs/link"); err != nil {
		fmt.Println("symlink:", err)
	}
	if _, err := os.ReadFile("../board.json"); err != nil {
		fmt.Println("outside:", err)
	}
	if _, err := os.ReadFile("logs/none"); !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("a file that is not there: %v", err)
	}
	if err := os.Remove("logs/b.txt"); err != nil {
		return err
	}
	return os.Remove("logs")
}
