== 10:00 tinker-tickets/created-nested (open ticket:482913057)
new (m.text)
  NEW #482913057 SMART: /dev/sdb has 8 pending sectors <b>
  Priority 2 · Hardware · Issue · Host pve2 · Tags auto · By hwmon@pve2
  https://t.home.example/ticket/482913057
  Host: pve2
  Drive: /dev/sdb
  Serial: WD-WCC7K0000001
== 10:10 tinker-tickets/assigned (open ticket:482913057)
edit (m.notice)
  ASSIGNED #482913057 to Jared <V>: SMART: /dev/sdb has 8 pending sectors <b>
  Priority 2 · Hardware · Issue · Host pve2 · Tags auto
  https://t.home.example/ticket/482913057
  Host: pve2
  Drive: /dev/sdb
  Serial: WD-WCC7K0000001
reply (m.notice)
  ASSIGNED #482913057 to Jared <V>: SMART: /dev/sdb has 8 pending sectors <b>
  https://t.home.example/ticket/482913057
== 11:10 tinker-tickets/updated-status (open ticket:482913057)
edit (m.notice)
  IN PROGRESS #482913057 SMART: /dev/sdb has 8 pending sectors <b>
  Status Open → In Progress · Assignee jared · Priority 2 · Hardware · Issue · Host pve2 · Tags auto · By jared
  https://t.home.example/ticket/482913057
  Host: pve2
  Drive: /dev/sdb
  Serial: WD-WCC7K0000001
reply (m.notice)
  IN PROGRESS #482913057 SMART: /dev/sdb has 8 pending sectors <b>
  https://t.home.example/ticket/482913057
