"""Words that names of people are made of, and words that only look like it."""

from typing import Final

_SURNAMES = """
佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村 小林 加藤 吉田 山田 佐々木 山口 松本 井上 木村 斎藤 清水
山崎 池田 橋本 阿部 石川 山下 中島 石井 小川 前田 岡田 長谷川 藤田 後藤 近藤 村上 遠藤 青木 坂本
斉藤 福田 太田 西村 藤井 金子 岡本 藤原 三浦 中野 中川 原田 松田 竹内 小野 田村 中山 和田 石田
森田 上田 内田 柴田 酒井 宮崎 横山 高木 安藤 宮本 大野 小島 谷口 工藤 今井 高田 増田 丸山 杉山
村田 大塚 新井 小山 平野 藤本 河野 上野 野口 武田 松井 千葉 菅原 岩崎 久保 木下 佐野 野村 松尾
市川 菊地 杉本 古川 大西 島田 水野 桜井 高野 渡部 吉川 山内 西田 飯田 菊池 西川 小松 北村 安田
五十嵐 川口 平田 中田 久保田 服部 岩田 土屋 川崎 福島 本田 樋口 秋山 田口 永井 山中 中西 吉村 川上
石原 大橋 松岡 馬場 浜田 森本 星野 矢野 浅野 大島 吉岡 小池 松下 野田 荒木 大谷 松浦 熊谷 黒田
尾崎 永田 川村 望月 田辺 早川 荒井 小沢 岡崎 大久保 沢田 野中 須藤 緒方 秋元 岡部 守屋 村松 内藤
片山 広瀬 川島 桑原 児玉 小田 栗原 関口
"""
SURNAMES: Final = frozenset(_SURNAMES.split())
"""Common surnames of two letters and more; one letter alone is too often another word."""

_SURNAME_READINGS = """
サトウ スズキ タカハシ タナカ イトウ ワタナベ ヤマモト ナカムラ コバヤシ カトウ ヨシダ ヤマダ
ササキ ヤマグチ マツモト イノウエ キムラ サイトウ シミズ ヤマザキ ヤマサキ ハシモト アベ イケダ
イシカワ ヤマシタ ナカジマ ナカシマ イシイ オガワ マエダ オカダ ハセガワ フジタ ゴトウ コンドウ
ムラカミ エンドウ アオキ サカモト フクダ オオタ ニシムラ フジイ カネコ オカモト フジワラ ミウラ
ナカノ ナカガワ ハラダ マツダ タケウチ タムラ ナカヤマ イシダ モリタ ウエダ ウチダ シバタ サカイ
ミヤザキ ヨコヤマ タカギ アンドウ ミヤモト オオノ コジマ タニグチ クドウ イマイ マスダ マルヤマ
スギヤマ ムラタ オオツカ アライ コヤマ ヒラノ フジモト コウノ ウエノ ノグチ タケダ マツイ スガワラ
イワサキ キノシタ ノムラ マツオ キクチ スギモト フルカワ オオニシ シマダ ミズノ サクライ タカノ
ヨシカワ ヤマウチ ニシダ イイダ ニシカワ コマツ キタムラ ヤスダ イガラシ カワグチ ヒラタ クボタ
ハットリ イワタ ツチヤ カワサキ モチヅキ ナイトウ
"""
SURNAME_READINGS: Final = frozenset(_SURNAME_READINGS.split())
"""How common surnames are read."""

_SURNAMES_ROMAJI = """
sato satoh suzuki takahashi tanaka ito itoh watanabe yamamoto nakamura kobayashi kato katoh
yoshida yamada sasaki matsumoto inoue kimura saito saitoh hayashi shimizu yamazaki hashimoto ikeda
ishii ogawa maeda okada hasegawa fujita goto kondo murakami endo aoki sakamoto fukuda nishimura
fujii kaneko okamoto fujiwara miura nakagawa harada takeuchi tamura nakayama ishida morita ueda
uchida shibata sakai yokoyama takagi ando miyamoto ohno kojima taniguchi kudo imai masuda maruyama
sugiyama murata otsuka arai hirano fujimoto kono noguchi takeda matsui sugawara iwasaki kinoshita
nomura matsuo kikuchi sugimoto furukawa onishi shimada mizuno sakurai yoshikawa yamauchi nishida
iida nishikawa komatsu kitamura yasuda igarashi hirata hattori iwata tsuchiya mochizuki naito
"""
SURNAMES_ROMAJI: Final = frozenset(_SURNAMES_ROMAJI.split())
"""Common surnames in Latin letters, without those that are places or makes of car."""

GIVEN_LAST: Final = (
    "子美香奈恵菜郎太介助雄男夫樹斗人也哉輝翔平一二三司志治彦之希実花華織里莉沙紗代江"
    "枝音真由佳衣依優悠陽葵結愛咲凛蓮湊翼健誠豊茂勝進清隆明弘宏博浩修徹剛敏幸久昭章穂"
    "帆乃朗吾悟仁"
)
"""Letters that given names end with."""

GIVEN_ALONE: Final = "誠豊茂勝進清隆翔蓮葵凛健湊翼悠陽優結愛咲弘宏博浩修徹剛悟仁薫忍瞳"
"""Given names of one letter that are seldom another word after a place."""

_NOT_GIVEN = """
大学 大学生 第一 第二 第三 女子 男子 一人 二人 三人 個人 本人 夫人 法人 新人 大人 全国一 日本一
支社一 支店一 店長代 世代 時代 年代 次世代 電子 粒子 調子 様子 菓子 帽子 椅子 冊子 分子 利子 代代
発信 更新 統一 単一 均一 唯一 管理人 仲介人 担当人 料理人 商人 職人 求人 県人 公平 不平 水平 説明
証明 発明 表明 照明 文明 促進 推進 前進 昇進 行進 後進 新進 回復 健康 監修 研修 必修 改修 補修
履修 現代 交代 初代 世帯代 千代田 政治 退治 自治 統治 会社代 工業三 上司 寿司 交通路 真実 事実
充実 確実 現実 果実 口実 実 希 一 二 三 平 人 代 里 花 音 真 由 江 子 太 男 夫 美
"""
NOT_GIVEN: Final = frozenset(_NOT_GIVEN.split())
"""What ends like a given name and is none."""

_GIVEN_READINGS = """
タロウ ジロウ サブロウ イチロウ ハナコ ヨウコ ケイコ ユウコ トモコ ナオコ アキコ マサコ カズコ
キョウコ ミカ ミキ ユカ ユキ ユミ エミ アイ アヤ アヤカ サヤカ ナナミ ミサキ サクラ ハルカ リナ
マイ マナミ メグミ カオリ シオリ ヒカリ ケンジ ケンタ ケンイチ コウジ コウヘイ シンジ シンイチ
ダイスケ ダイキ ユウスケ ユウキ ユウタ ショウタ ショウ リョウ リョウタ タクヤ タクミ ナオキ ナオト
ハルト ヒロシ ヒロキ ヒロユキ マコト マサト マサル ミノル トシオ カズヤ カズオ アキラ サトシ
タカシ ツヨシ キヨシ オサム テツヤ ジュン レン ソウタ ハヤト ユウト カイト
"""
GIVEN_READINGS: Final = frozenset(_GIVEN_READINGS.split())
"""How common given names are read."""

ROLE_LAST: Final = (
    "者客師員業先社店部生主方子皆人長手族民家工連供官婦親司僚屋匠夫女男孫友達徒衆側元"
    "院校園局課組隊係士医妻母父兄姉弟妹体者等名々御貴各神王同多仕模有異別何逆某両諸摂"
    "華彼君沈宮殿本奥"
)
"""Letters before an honorific that make it a role (患者さん, お客様) or another word (仕様)."""

_ROLE_WORDS = """
ユーザー ユーザ オーナー クライアント パートナー メンバー スタッフ ドライバー ベンダー メーカー
ディーラー エンジニア デザイナー マネージャー リーダー プログラマー アーティスト スポンサー
カスタマー バイヤー ゲスト モニター サポーター ボランティア ママ パパ モデル テナント タレント
ライター トレーナー ヘルパー マネジャー ユニット チーム コンサルタント プレーヤー ファン
"""
ROLE_WORDS: Final = tuple(_ROLE_WORDS.split())
"""Roles in katakana, before an honorific."""

TITLES: Final = (
    "部長|課長|係長|次長|室長|社長|専務|常務|主任|教授|先輩|取締役|マネージャー|リーダー"
)
"""What follows a surname at work."""
