"""Addresses to which nothing is sent: as they are written, and by where their names lead."""

from __future__ import annotations

AS_WRITTEN = [
    # Not https, or no address at all.
    "http://erp.example/", "http://127.0.0.1/", "http://169.254.169.254/latest/meta-data/",
    "http://[fd00:ec2::254]/", "file:///etc/passwd", "gopher://erp.example:70/_GET", "ftp://erp.example/",
    "data:text/plain,x", "javascript:alert(1)", "jar:https://erp.example!/", "ldap://erp.example/", "dict://x:1",
    "//erp.example/", "erp.example", "https://", "https:///v1", "",
    # Metadata, credentials of tasks and pods.
    "https://169.254.169.254/", "https://169.254.170.2/v2/credentials", "https://169.254.170.23/v1/credentials",
    "https://[fd00:ec2::254]/", "https://[fd00:ec2::23]/", "https://[fd20:ce::254]/",
    "https://100.100.100.200/", "https://168.63.129.16/", "https://192.0.0.192/",
    # The same in other writings of IPv4.
    "https://2852039166/", "https://0xa9fea9fe/", "https://0xA9.0xFE.0xA9.0xFE/", "https://0251.0376.0251.0376/",
    "https://169.254.43518/", "https://169.16689662/", "https://0251.254.169.254/", "https://169.254.169.254./",
    "https://00000251.00000376.00000251.00000376/", "https://169.254.169.0xfe/", "https://425.510.425.510/",
    "https://127.1/", "https://0/", "https://0x7f.1/", "https://017700000001/", "https://127.0.0.1.1/",
    # The same within IPv6.
    "https://[::ffff:169.254.169.254]/", "https://[::ffff:a9fe:a9fe]/", "https://[64:ff9b::a9fe:a9fe]/",
    "https://[64:ff9b::169.254.169.254]/", "https://[64:ff9b:1::a9fe:a9fe]/", "https://[2002:a9fe:a9fe::]/",
    "https://[2001:0:a9fe:a9fe::]/", "https://[::169.254.169.254]/", "https://[2600::5efe:a9fe:a9fe]/",
    "https://[fe80::5efe:10.0.0.1]/", "https://[2600::200:5efe:10.0.0.1]/", "https://[64:ff9b::10.0.0.1]/",
    "https://[2002:7f00:1::]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:0:127.0.0.1]/",
    # This machine and private networks.
    "https://127.0.0.1/", "https://127.8.8.8/", "https://[::1]/", "https://[0:0:0:0:0:0:0:1]/", "https://[::]/",
    "https://0.0.0.0/", "https://localhost/", "https://LOCALHOST/", "https://localhost./",
    "https://erp.localhost/", "https://localhost.localdomain/", "https://10.1.2.3/", "https://172.16.0.1/",
    "https://172.31.255.255/", "https://192.168.1.1/", "https://100.64.0.1/", "https://100.127.255.255/",
    "https://[fc00::1]/", "https://[fd12:3456::1]/", "https://[fe80::1]/", "https://[fe80::1%25eth0]/",
    "https://[fec0::1]/", "https://erp/", "https://erp.internal/", "https://metadata.google.internal/",
    "https://instance-data.ec2.internal/", "https://erp.local/", "https://router.home.arpa/",
    # Other networks that are nobody's ERP.
    "https://192.0.2.1/", "https://198.51.100.7/", "https://203.0.113.9/", "https://198.18.0.1/",
    "https://192.88.99.1/", "https://224.0.0.1/", "https://239.255.255.250/", "https://240.0.0.1/",
    "https://255.255.255.255/", "https://[ff02::1]/", "https://[2001:db8::1]/", "https://[3fff::1]/",
    "https://[100::1]/", "https://[5f00::1]/", "https://[4000::1]/", "https://[2001:20::1]/",
    # Two readers could see two hosts.
    "https://user@erp.example/", "https://user:pw@erp.example/", "https://erp.example@169.254.169.254/",
    "https://erp.example\\@169.254.169.254/", "https://erp.example\\.evil.example/", "https://erp.example#@10.0.0.1:x/",
    "https://erp.exa\tmple/", "https://erp.example/\n", "https://erp.example/\r\nHost: x", " https://erp.example/",
    "https://erp example/", "https://erp..example/", "https://.example/", "https://erp.example./",
    "https://-erp.example/", "https://erp-.example/", "https://erp%2eexample/", "https://erp%00.example/",
    "https://[erp.example]/", "https://[::1", "https://erp.example:99999/", "https://erp.example:a/",
    "https://" + "a" * 64 + ".example/", "https://" + "a." * 130 + "example/",
    # Letters that look like others.
    "https://\u0435rp.example/", "https://erp\u3002example/", "https://\u2460\u2461\u2466.0.0.1/", "https://erp.ex\u00adample/",
    "https://\uff11\uff12\uff17.0.0.1/",
    # Ports of other services.
    "https://erp.example:22/", "https://erp.example:25/", "https://erp.example:53/", "https://erp.example:80/",
    "https://erp.example:0/", "https://erp.example:3306/", "https://erp.example:5432/",
    "https://erp.example:6379/", "https://erp.example:9200/", "https://erp.example:11211/",
    "https://erp.example:27017/", "https://erp.example:2375/",
]  # fmt: skip

BY_NAME = {
    "https://metadata.erp.example/": ["169.254.169.254"],
    "https://tasks.erp.example/": ["169.254.170.2"],
    "https://pods.erp.example/": ["fd00:ec2::23"],
    "https://ten.erp.example/": ["10.0.0.7"],
    "https://home.erp.example/": ["192.168.1.2"],
    "https://carrier.erp.example/": ["100.64.3.4"],
    "https://here.erp.example/": ["127.0.0.1"],
    "https://here6.erp.example/": ["::1"],
    "https://zero.erp.example/": ["0.0.0.0"],  # noqa: S104
    "https://zero6.erp.example/": ["::"],
    "https://mapped.erp.example/": ["::ffff:10.0.0.1"],
    "https://nat64.erp.example/": ["64:ff9b::a9fe:a9fe"],
    "https://own-nat64.erp.example/": ["64:ff9b:1::808:808"],
    "https://six-to-four.erp.example/": ["2002:a9fe:a9fe::1"],
    "https://teredo.erp.example/": ["2001:0:4136:e378:8000:63bf:3fff:fdd2"],
    "https://link.erp.example/": ["fe80::1%eth0"],
    "https://unique.erp.example/": ["fd12:3456:789a::1"],
    "https://multicast.erp.example/": ["224.0.0.251"],
    "https://one-of-two.erp.example/": ["93.184.215.14", "10.0.0.7"],
    "https://other-of-two.erp.example/": ["169.254.169.254", "93.184.215.14"],
    "https://one-of-both.erp.example/": ["2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::1"],
    "https://127.0.0.1.nip.example/": ["127.0.0.1"],
}
"""Names, and the addresses to which they lead."""
