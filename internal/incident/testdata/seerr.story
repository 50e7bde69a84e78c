== 10:00 seerr/MEDIA_PENDING.tv-4k (open request:119)
new (m.text)
  REQUEST Tide & <Ember>: "The Æther Coast" (2023) seasons 1–26 in 4K by Dana "D" O’Brien <dana>
  Series · In HD partially available
  TVDB: https://thetvdb.com/?tab=series&id=9004120
  Coastal families guard a lighthouse that burns cold.
== 10:05 seerr/MEDIA_APPROVED (open request:120)
new (m.notice)
  APPROVED Tide & <Ember>: "The Æther Coast" (2023) season 2 for Dana "D" O’Brien <dana>
  Series
  TVDB: https://thetvdb.com/?tab=series&id=9004120
  Coastal families guard a lighthouse that burns cold.
== 12:05 seerr/MEDIA_AVAILABLE.tv (resolved request:120)
edit (m.notice)
  AVAILABLE Tide & <Ember>: "The Æther Coast" (2023) seasons 1–2 for Dana "D" O’Brien <dana> after 2 h
  Series · Library partially available
  TVDB: https://thetvdb.com/?tab=series&id=9004120
  Coastal families guard a lighthouse that burns cold.
reply (m.notice)
  AVAILABLE Tide & <Ember>: "The Æther Coast" (2023) seasons 1–2 for Dana "D" O’Brien <dana> after 2 h
  https://www.themoviedb.org/tv/7004120
