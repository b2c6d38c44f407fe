// SPDX-License-Identifier: Apache-2.0
#include "tests/client/copy/copy_stage.hpp"
#include <doctest/doctest.h>
#include <unistd.h>

namespace isag {
using test::CopyStage;
namespace {

// All that can be seen of a tree, a line each.
constexpr const char* list_tree =
    "find . -printf '%P %y %m %Ts %l\\n' | LC_ALL=C sort; find . -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum";

std::string seen_tree(const CopyStage& stage, const std::string& folder) {
    return stage.sh("cd " + folder + " && " + list_tree);
}

constexpr const char* make_tree =
    "mkdir -p tree/sub/deep tree/closed && cd tree && echo one > one && printf 'no newline' > sub/two && : > empty && "
    "ln -s one link && ln -s /nonexistent sub/dangling && ln -s .. sub/deep/up && chmod 750 sub && chmod 4755 one && "
    "echo x > closed/file && chmod 444 closed/file && echo n > $'new\\nline' && echo e > $'\\xff\\xfe \\x1b[2J' && "
    "echo u > ünïcödé && mkdir -- -dash && echo d > -dash/-f && echo long > $(printf 'l%.0s' {1..200}) && "
    "chmod 555 closed && touch -h -d @1234567890 link one sub closed/file closed && chmod u-s one";

}  // namespace

TEST_CASE("a tree is the same after it was copied into a sandbox and out of it again") {
    const CopyStage stage;
    stage.sh(std::string("cd host && ") + make_tree);
    const auto in = stage.cp({"tree", "web:copy"});
    CHECK(in.err == "");
    CHECK(in.status == 0);
    const auto out = stage.cp({"-a", "web:copy", "back"});
    CHECK(out.err == "");
    CHECK(out.status == 0);
    const std::string before = seen_tree(stage, "host/tree");
    CHECK(before.find("closed/file f 444 1234567890") != std::string::npos);
    CHECK((seen_tree(stage, "inside/copy") == before));
    CHECK((seen_tree(stage, "host/back") == before));
    stage.sh("chmod -R u+w host inside");
}

TEST_CASE("files and folders go where docker cp puts them, both ways") {
    const CopyStage stage;
    stage.sh(
        "mkdir -p host/d inside/d host/src/x inside/src/x; echo h > host/f; echo i > inside/f; echo hx > host/src/x/f; "
        "echo ix > inside/src/x/f; echo old > host/g; echo old > inside/g");
    const auto ok = [&](const std::vector<std::string>& words) {
        const auto done = stage.cp(words);
        CHECK(done.err == "");
        CHECK(done.status == 0);
    };
    ok({"f", "web:"});
    CHECK(stage.sh("cat inside/f") == "h\n");
    ok({"f", "web:d"});
    ok({"f", "web:d/name"});
    ok({"f", "web:g"});
    ok({"src", "web:d"});
    ok({"src/.", "web:new"});
    ok({"src", "web:new2/"});
    ok({"src/x/..", "web:d/"});
    CHECK(stage.sh("cd inside && cat g && find d new new2 | LC_ALL=C sort | xargs") ==
          "h\nd d/f d/name d/src d/src/x d/src/x/f d/x d/x/f new new/x new/x/f new2 new2/x new2/x/f\n");
    stage.sh("rm -rf inside/d/*; echo i > inside/f");
    ok({"web:f", "."});
    CHECK(stage.sh("cat host/f") == "i\n");
    ok({"web:f", "d"});
    ok({"web:" + (stage.inside() / "f").string(), "d/name"});
    ok({"web:f", "g"});
    ok({"web:src", "d"});
    ok({"web:src/.", "new"});
    ok({"web:src/", "new2/"});
    ok({"web:src/.", "d/."});
    CHECK(stage.sh("cd host && cat g && find d new new2 | LC_ALL=C sort | xargs") ==
          "i\nd d/f d/name d/src d/src/x d/src/x/f d/x d/x/f new new/x new/x/f new2 new2/x new2/x/f\n");
}

TEST_CASE("what can't be copied is an error that says why, and changes nothing") {
    const CopyStage stage;
    stage.sh("mkdir host/d inside/d; echo f > host/f; echo f > inside/f; mkdir inside/bin");
    const std::string before = stage.sh("find . -not -path './run*'");
    const auto error = [&](const std::vector<std::string>& words, int status) {
        const auto done = stage.cp(words);
        CHECK(done.status == status);
        return done.err.substr(0, done.err.find('\n'));
    };
    CHECK(error({"web:none", "."}, 1) == "isag: there is no none in the sandbox web, or it can't be entered");
    CHECK(error({"web:f/", "."}, 1) == "isag: there is no f/ in the sandbox web, or it can't be entered");
    CHECK(error({"none", "web:"}, 1) == "isag: cannot open none: there is no such file");
    CHECK(error({"f/", "web:"}, 1) == "isag: f/ is no folder");
    CHECK(error({"web:f", "none/x"}, 1).find("there is no folder ") != std::string::npos);
    CHECK(error({"f", "web:none/x"}, 1) == "isag: there is no folder for none/x in the sandbox web");
    CHECK(error({"f", "web:none/"}, 1) == "isag: there is no folder web:none/");
    CHECK(error({"web:f", "none/"}, 1) == "isag: there is no folder none/");
    CHECK(error({"web:d", "f"}, 1) == "isag: cannot copy a folder to f, which is a file");
    CHECK(error({"d", "web:f"}, 1) == "isag: cannot copy a folder to web:f, which is a file");
    CHECK(error({"web:f", "f/"}, 1) == "isag: f/ is no folder");
    CHECK(error({"web:a", "web:b"}, 2) == "isag: both are in a sandbox");
    CHECK(error({"a", "b"}, 2) == "isag: neither is in a sandbox");
    CHECK(error({"-", "b"}, 2) == "isag: neither is in a sandbox");
    CHECK(error({"web:a"}, 2) == "isag: isag cp takes a source and a destination");
    CHECK(error({":a", "b"}, 2) == "isag: no sandbox is named in ':a'");
    CHECK(stage.sh("find . -not -path './run*'") == before);
    CHECK(stage.cp({"none", "web:"}).err.ends_with("\n  what is in a sandbox is named NAME:PATH\n"));
    CHECK(stage.cp({"d", "web:f"}).err.ends_with("\n  name a folder, or a new one's name\n"));
}

TEST_CASE("a sandbox without tar is told of") {
    CopyStage stage;
    stage.path = (stage.scratch / "bin").string();
    stage.sh("mkdir bin && ln -s /bin/sh bin/sh; echo f > host/f; echo f > inside/f");
    for (const auto& words : {std::vector<std::string>{"f", "web:x"}, std::vector<std::string>{"web:f", "x"}}) {
        const auto done = stage.cp(words);
        CHECK(done.status == 1);
        CHECK(done.err.starts_with("isag: there is no tar in the sandbox web\n"));
    }
}

TEST_CASE("links: the source's own is copied unless -L follows it, those on the way to the host's side are refused") {
    const CopyStage stage;
    stage.sh(
        "chmod 777 host; mkdir host/real inside/real; echo h > host/real/f; echo i > inside/real/f; ln -s real "
        "host/dir; ln -s real "
        "inside/dir; "
        "ln -s real/f host/link; ln -s real/f inside/link; ln -s none host/dangling");
    CHECK(stage.cp({"link", "web:l1"}).status == 0);
    CHECK(stage.cp({"-L", "link", "web:l2"}).status == 0);
    CHECK(stage.cp({"-L", "dir/f", "web:l3"}).status == 0);
    CHECK(stage.cp({"--follow-link", "dir", "web:l4"}).status == 0);
    CHECK(stage.cp({"link", "web:dir"}).status == 0);
    CHECK(stage.sh("cd inside; readlink l1; cat l2 l3 l4/f; readlink real/link") == "real/f\nh\nh\nh\nreal/f\n");
    CHECK(stage.cp({"web:link", "l1"}).status == 0);
    CHECK(stage.cp({"-L", "web:link", "l2"}).status == 0);
    CHECK(stage.cp({"-L", "web:dir", "l3"}).status == 0);
    CHECK(stage.cp({"web:dir/", "l4"}).status == 0);
    CHECK(stage.sh("cd host; readlink l1; cat l2 l3/f l4/f") == "real/f\ni\ni\ni\n");

    for (const auto& words : std::vector<std::vector<std::string>>{{"dir/f", "web:x"},
                                                                   {"dir/", "web:x"},
                                                                   {"dir/.", "web:x"},
                                                                   {"web:real/f", "dir"},
                                                                   {"web:real", "dir"},
                                                                   {"web:real/f", "dir/"},
                                                                   {"web:real/f", "dir/x"}}) {
        const auto refused = stage.cp(words);
        CHECK(refused.status == 1);
        CHECK(refused.err.find("host/dir is a symbolic link to real\n  name the place itself") != std::string::npos);
    }
    for (const char* name : {"link", "dangling"}) CHECK(stage.cp({"web:real/f", name}).status == 0);  // not followed
    CHECK(stage.sh("cd host; readlink dir; cat link dangling real/f; ls real") == "real\ni\ni\nh\nf\n");
    CHECK(stage.sh("ls inside/x 2>&1").find("No such file") != std::string::npos);
}

TEST_CASE("a hundred megabytes and files with holes arrive as they are") {
    const CopyStage stage;
    stage.sh(
        "cd host; head -c 100000000 /dev/urandom > big; truncate -s 3G sparse; echo begin | dd of=sparse conv=notrunc "
        "status=none; echo middle | dd of=sparse conv=notrunc seek=3000001 status=none; truncate -s 2G hole");
    for (const std::string name : {"big", "sparse", "hole"}) {
        CAPTURE(name);
        CHECK(stage.cp({name, "web:"}).err == "");
        CHECK(stage.cp({"web:" + name, name + "2"}).err == "");
    }
    CHECK(stage.sh(
              "cmp host/big host/big2 && cmp host/big inside/big && cmp -n 2000000000 host/sparse host/sparse2 && "
              "echo same; stat -c %s host/sparse2 inside/hole host/hole2; du -k inside/sparse host/sparse2 host/hole2 "
              "inside/hole | awk '$1 > 1000'; dd if=host/sparse2 bs=512 skip=3000001 count=1 status=none | head -1") ==
          "same\n3221225472\n2147483648\n2147483648\nmiddle\n");
}

TEST_CASE("special files are passed over with a warning, and files that can't be read are an error after the rest") {
    const CopyStage stage;
    stage.sh(
        "mkdir host/s inside/s; mkfifo host/s/fifo inside/s/fifo; echo a > host/s/a; echo a > inside/s/a; "
        "echo z > host/s/z; echo n > host/s/n; chmod 0 host/s/n");
    const auto out = stage.cp({"web:s", "t"});
    CHECK(out.status == 0);
    CHECK(out.err == "isag: passed over 't/fifo', which is no file, folder or link\n");
    CHECK(stage.sh("ls host/t") == "a\n");
    const auto in = stage.cp({"s", "web:t"});
    CHECK(in.err.starts_with("isag: passed over 't/fifo', which is no file, folder or link\n"));
    if (::geteuid() == 0) return;  // reads everything
    CHECK(in.status == 1);
    CHECK(in.err.find("isag: cannot read 't/n': Permission denied\nisag: 1 file was not copied\n") !=
          std::string::npos);
    CHECK(stage.sh("ls inside/t") == "a\nz\n");
}

TEST_CASE("a source that is no file, folder or link is an error, and so is a file whose length nobody knows") {
    const CopyStage stage;
    stage.sh(
        "mkfifo host/fifo inside/fifo; python3 -c \"import socket; socket.socket(socket.AF_UNIX).bind('inside/s')\"");
    const std::string instead = "\n  what a device, a pipe or a socket gives is passed on by: isag exec ";
    for (const std::string name : {"fifo", "s"}) {
        const auto out = stage.cp({"web:" + name, "x"});
        CHECK(out.status == 1);
        CHECK(out.err.ends_with("isag: there is no file, folder or link to copy at web:" + name + instead +
                                "web -- cat FILE\n"));
    }
    const auto in = stage.cp({"fifo", "web:x"});
    CHECK(in.status == 1);
    CHECK(in.err ==
          "isag: there is no file, folder or link to copy at fifo" + instead + "web -- sh -c 'cat > FILE' < fifo\n");
    const auto kernels = stage.cp({"web:/proc/cpuinfo", "x"});
    CHECK(kernels.status == 1);
    CHECK(kernels.err ==
          "isag: /proc/cpuinfo in the sandbox web is the kernel's, whose files have no length\n  read it there: isag "
          "exec web -- cat /proc/cpuinfo\n");
    const auto endless = stage.cp({"/proc/self/status", "web:x"});
    CHECK(endless.status == 1);
    CHECK(endless.err.starts_with("isag: cannot read 'x': its length can't be told beforehand\n"));
    CHECK(stage.sh("find host inside -name x") == "");
}

TEST_CASE("a tar stream passes through stdin and stdout") {
    const CopyStage stage;
    stage.sh("mkdir inside/d inside/to; echo f > inside/d/f");
    const auto out = stage.cp({"web:d", "-"});
    CHECK(out.status == 0);
    CHECK(test::run_program({"tar", "-t"}, stage.environment, out.out).out == "./d/\n./d/f\n");
    const auto in = stage.cp({"-", "web:to"}, out.out);
    CHECK(in.err == "");
    CHECK(in.status == 0);
    CHECK(stage.sh("cat inside/to/d/f") == "f\n");
    CHECK(stage.cp({"-", "web:none"}, out.out).status == 1);
    CHECK(stage.cp({"-", "web:to/d/f"}, out.out).status == 1);
    const auto bad = stage.cp({"-", "web:to"}, "this is no tar archive");
    CHECK(bad.status == 1);
    CHECK(bad.err.find("isag: web: tar: This does not look like a tar archive\n") != std::string::npos);
}

}  // namespace isag
