== 10:00 proxmox/vzdump-failure (open vzdump/pve1/backup-4f1c9d2a-77aa)
new (m.text)
  BACKUP FAILED pve1 1 of 3 guests failed: 101 pihole
  Size 30 GiB · Time 6m 59s · Storage pbs-nas
  - 101 pihole: unable to create "snapshot": dataset 'rpool/data/subvol-101' <busy> & locked
  - 210 nextcloud: not backed up, the job ended before
  VMID  Name       Status  Time    Size    File
  100   docker01   ok      6m 52s  30 GiB  vm/100/2026-11-22T01:00:02Z
  101   pihole     err     2s      0 B
  210   nextcloud  todo    0s      0 B
== 10:00 proxmox/vzdump-success (resolved vzdump/pve1/backup-4f1c9d2a-77aa)
edit (m.notice)
  BACKED UP pve1: 3 guests
  Size 231.2 GiB · Time 38m 42s · Storage pbs-nas
  VMID  Name            Status  Time     Size     File
  100   docker01        ok      6m 52s   30 GiB   vm/100/2026-11-22T01:00:02Z
  101   pihole          ok      37s      1.2 GiB  ct/101/2026-11-22T01:06:55Z
  210   nextcloud-日本  ok      31m 13s  200 GiB  vm/210/2026-11-22T01:07:33Z
reply (m.notice)
  BACKED UP pve1: 3 guests
