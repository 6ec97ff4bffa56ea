// SPDX-License-Identifier: MIT

// gomtree - the differences between a folder and an mtree(5) manifest as go-mtree's library sees them
//
//	gomtree MANIFEST FOLDER [WITHOUT]
//
// A line for each path that differs, its kind and the path, and one for each of its keywords that differ. WITHOUT is a keyword that is not compared (Walk knows no `device`).
package main

import (
	"fmt"
	"log"
	"os"

	mtree "github.com/vbatts/go-mtree"
)

func main() {
	file, err := os.Open(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	manifest, err := mtree.ParseSpec(file)
	if err != nil {
		log.Fatal(err)
	}
	var keywords []mtree.Keyword
	for _, k := range manifest.UsedKeywords() {
		if len(os.Args) < 4 || string(k) != os.Args[3] {
			keywords = append(keywords, k)
		}
	}
	differences, err := mtree.Check(os.Args[2], manifest, keywords, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, d := range differences {
		fmt.Println(d.Type(), d.Path())
		for _, k := range d.Diff() {
			fmt.Println(d.Path(), k.Name())
		}
	}
}
