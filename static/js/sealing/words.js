// @ts-check
/**
 * The words of generated passphrases; written by tools/passphrase_words.py, not by hand.
 *
 *   WORDS: readonly string[]               2,048 words, sorted
 */
const TEXT = `
abadi abjad abon absen acara aceh adab adaptasi adegan adil adonan aduk advokat agama agen agenda
agraris agustus ahli ajaib ajang akademi akbar akhir akhlak akibat akrab aksara aksi aktif aktor
akuarium akurat alamat alamiah alas album alergi alir aliran almari alpukat amanah amatir ambil
ambisi ambulans amplop ampuh anak analisis ancang andal andalan andong aneka anggap anggrek angin
angkasa angket angklung angsa anjuran antar antik anugerah anyam apel apik apotek april area
argumen arif arloji armada aroma arsip arsitek artikel artis arus asap asbak aset asinan asing
asisten asmara asosiasi aspal aspek asrama asri asyik atasan atlet atom atraksi aturan awal ayah
ayun ayunan azimat baca bacaan badai badut bagasi bagian bagus bahari bahasa bahtera bahu bahwa
bait bakau bakpia bakso bakti bakul balada balap balasan balet balon balsem bambu bandara banding
bandul bangau bangga bangun bangunan banjar bank bantal banteng bantu bantuan banyak bapak baris
barisan barter basah basket basmi batas batik bawang bayam bazar beasiswa bebas bebek beberapa
beda beduk bekal beku belajar belakang belanja beliau belum benak bendera bendung bengkel benih
bening bensin bentang bentar bentuk benua beranda berani berbagi bercak beringin berita berkebun
berlari berlian bermain bersama bersatu bersih bertanya bertemu besar besi betul biaya bibir
bicara bidang bidik biduan biji bikin bilah bimbing binatang bincang bingkai bingkis biografi
biola biologi bioskop biro biskuit bisnis bistik blok bobot bocor boleh bolu bonang boneka bonsai
bonus bordir botani botol brokoli buah buana budaya budi bujang bukan bukit bulat bulir buncis
bundar bundaran bunga bungalo bungkus bunyi bupati burger buruh burung busur cabai cabang cahaya
cair cairan cakap cakra camar cambah campur candi canggih cangkir cangkok cangkul cantum capung
catat catatan catur cawan cegah cekatan celana celengan celoteh cemara cembung cempaka cendana
cendawan cendol cengkih cepat ceplok ceramah cerdas cerdik cerek ceria cermat cermin cerpen cerutu
cetak cicil cincin cinta ciri coba cobek cocok cokelat contoh copot corak coret cuaca cucur cukai
cukup cumi curam dadu daerah daftar dagang dahan dahlia dahulu dakwah dalam dalaman dalil damai
dampak damping danau dandang dangdut dapur darma dasar dasi datuk daun daya dayung debar debu
definisi dekap dekorasi delapan delegasi delima delta demi dendeng dengan denyut depan derajat
deras deret dermaga dermawan desa desain desember detail detik devisa dewasa diagram dialog diam
diet digital dikte dimensi dinamis dinas dinding dingin diploma disiplin diskon diskusi dodol
dokter dokumen dolar domba domino domisili dompet dongeng dosen dosis draf drum duduk duku dukung
dunia durasi duri durian duta edar edaran edisi editor efek efektif efisien egrang ekonomi ekspor
ekspres elastis elemen emas emosi empang empat empuk enau encer energi engkau engsel esok estafet
etika etnis evaluasi evolusi faedah fajar fakta fakultas fantasi farmasi fauna favorit februari
federal fenomena feri festival figur fiksi film filosofi filsafat filter fisika flanel flora fokus
fondasi formal formula forum fosil foto fragmen frasa gabung gabus gading gadis gaharu gaji galak
galaksi galang galeri gambir gambut gamelan gampang ganda gandaria gandum ganggang ganti gantung
gapai gapura garam garansi garpu garuda gatal gedung gelagat gelar gelatik gelisah gelora gembala
gembira gemilang gempar gemuruh genap gendong genggam genre geometri gerabah gerak gerbang gergaji
gerhana gerilya gerimis gerobak gesek gesit giat gigi giling girang gitar gladi global golok
gombal gondola gong gorden gotong goyang gradasi grafik granit gratis gubuk gudang gudeg gugur
gulai gulma gunting guntur gunung gurami gurih gurita guru gusar habis habitat hadiah hadir hafal
hakim halte haluan halus hamparan hampir handai handuk hangat hanoman hanya harapan harian harimau
harmoni harpa haru hasil hasrat hasta hati hawa hebat heboh hektar helai helm hiasan hibah hibur
hidup hijau hikayat hikmah hilang himpun hindar historis hitam hitung hobi honor horizon hormat
hotel hujan hulu humor huni huruf ibarat ibukota ideal identik idola ikal ikatan ikhlas iklan
iklim ikrar ikut ilalang ilham ilmiah ilmu impian impresi inang inci indah indeks indera induk
indung industri info ingat inovasi insan insting insulin integral interior interval intip intisari
intuisi irama irigasi iring iris istana istimewa itik izin jabat jabatan jadwal jago jagung jahe
jahit jaket jaksa jalar jalin jamak jambul jaminan jamu jangan janggut jangkau jangkrik janji
januari janur jaran jaring jarum jasmani jatuh jawab jawaban jawara jejak jelajah jelang jelas
jelita jemari jemput jemur jenaka jendela jenderal jengkol jenis jenjang jentik jenuh jepit jerami
jerapah jernih jeroan jeruk jinak jinjing jiwa jodoh joget joglo jongkok jual juang juara jubah
judul juga jujur juli jumat jumbo jumlah jumpa junjung juragan jurnal jurus jutawan juwita kabel
kabisat kabut kacamata kacang kader kafe kail kajian kakao kakek kaki kaktus kalah kalbu kalem
kalender kaleng kalimat kalkun kambing kamera kamis kampanye kampung kampus kancil kandung
kangkung kano kantin kantong kantor kantuk kanvas kapan kapital kapsul kapten kapuk kapulaga
karcis kardus karena karib karier karnaval karpet karton kartu karunia karya kasa kasidah kastil
kasturi kasus katalog katun kaum kawasan kawat kayak kayuh kebun kecambah kecapi kecil kecipir
kecubung kedai kedelai kedua kejar kejora keju kelambu kelapa kelereng keliling kelinci keliru
kelola kelompok kelopak kelor keluar keluarga kemah kemangi kemarau kemarin kembali kembara kemeja
kemiri kemudi kenanga kenari kencang kencur kendali kendi kental kepada kepal kepik keping
kepiting kerabat keramas keramik kerap kerawang kerbau kereta kerikil keringat keripik keris kerja
kertas kerupuk kesan kesemek ketapel ketat ketel ketimun ketuk ketumbar ketupat khas khasiat
khayal khidmat khusus kibar kicau kijang kikis kilap kilo kimia kimono kincir kinerja kini kios
kipas kisah kismis kita klarinet klasik klepon klien klinik klub kode koin kokoh kolase koleksi
kolom koloni koma komedi komet komik kompak komponen kompor komunal kondang konsep konstan konsul
kontes kontinen kontrak konveksi koper kopi kopiah kopra koran korek korps kosakata kosmos kosong
kostum kotak kreasi kredit krisan kristal kriya kuali kubik kubu kuda kukuh kuliah kulit kulkas
kumbang kumpul kumur kunci kuning kunyit kupat kupon kurang kurma kursi kursus kusir kutilang
kutip kutub laba labirin lagi lahir lain lajur laksana lalapan lambai lambang lampau lancar landak
landasan langgan langit langkah langsat langsing lantai lantun lantunan lapang lapis lapor laporan
laskar latar latih latihan laut lautan lawak layan lebih lebur lega legenda legit lele leluhur
lembaga lembah lembaran lembut lemon lempeng lemper lengkap lengket lengkuas lengkung lensa
lentera lentur lepas lereng lesehan lesung licin lidah lidi lilit limau limpah lincah lingkar
lingkup lintang lintas liput lisan lisensi listrik liter lobak lodeh logam logika logo lokasi
loket lolos lombok lompat loncat lonceng longgar lontar loyal lubang lucu ludruk lugas luhur lukis
lukisan lulus lumba lumbung lumpia lumpur lumut lunak luncur lupa lurah lurik lusin maaf macan
madrasah magma magnet mahal mahkota mahoni mainan majalah majelis maju makam makanan makin makmur
makna maksud mampu mandala mandat mandiri mandor manfaat manggis mangkuk mangrove manik manikam
manja manjur mantan mantra manual manusia marah maraton marga maritim markas markisa marmer
martabak masakan masker maskot massa masuk mata matahari matang mataram materi matras mawar mayor
medali medan media meja mekanik mekar melati melinjo melodi melon menara mengkudu menit mentari
mentega mentimun menung meranti merapi merdeka merdu meriah merica merpati mesin meski mesra
mestika metal meter metode mewah mikro mikrofon milik mimbar mimpi minat minggu minibus minim
minuman minyak mirip misi mistar misteri mitos mitra mobil moda model modern mohon molek molekul
monumen moral mosaik motif motor muat muatan mudah mudik muka mulia multi mundur mungil mungkin
murid murni museum musim mutakhir mutiara mutu nabati nafas naga nagari nagasari naik nakhoda
naluri nampan namun nangka narasi nasabah nasib nasihat nasional naskah navigasi negara negeri
nelayan nenek neraca netral ngarai nikel nikmat nilai nirwana niscaya nomor norma nota notasi
novel november nuansa nugget nurani nusa nyala nyaman nyamuk nyanyi nyaring nyiru oasis obat objek
objektif obor obrol oksigen oktober olah olahan olahraga ombak omong ongkos opak opera operasi
opini optik optimis orang oranye orbit organ organik orient orkes orkestra ornamen otomatis
otonomi otot oval oven pabrik pacu pada padang paduan paduka pagar pagoda pahat pahlawan pakaian
pakan palapa palawija paling palka pamit panas panci pancing pandan pandawa pandu panel panggil
pangkal panglima pangsit panitia panjang panjat panorama pantau pantul papaya paprika papua
parabola parade paragraf pari parkir partai parut pasal pasangan pasir paspor pastel pasti patah
patok patroli patung paus pawai payau peci pecinta pedagang pedal pedati peduli pegas pegawai
pegunung peka pelan pelangi pelari pelatih pelaut pelihara pelopor peluang peluit pelukis pemain
pemandu pemilu pempek pemuda pendapa pendopo penduduk penguin penjuru pensil pensiun pentas
penting penulis penyair penyu pepatah perabot perahu percaya percik perdana perekat pergi periksa
perintah perisai periuk perkakas perlu permai permata permen pernah persis pertama perwira pesawat
pesilat pesisir pesona pesta petai petang petinju petir petuah piagam piala piano pidato pigura
pijak pikat pikir piknik pikulan pilar pilihan pilin pilot pindai pinggan pinggir pinisi pinjam
pintal pintu pinus pipa pipit pisang pisau plastik plaza pojok pola poles polisi politik polong
pompa pondok ponsel populer poros porsi poster potensi potret prakarsa praktik pramuka pranata
prangko prasasti presiden prestasi pribadi prima prinsip produk profesi profil program prosa
proses protein provinsi proyek puasa pucuk puing puisi pujangga pulang pulas pulih pulpen pundak
punggung pungut punya purnama pusaka pusat puspa putar putera putik putri puyuh rabu racik radar
radio ragam rahasia rahmat raih raja rajawali rajin rajungan rajut rakit raksasa rakyat ramal
rambutan ramuan rangkai rangkum ranking ransel rantang rapat rapi rayon rebana rebung rebus regu
rehat rekam rekening rekor rekreasi rela relasi relawan relief remaja rembulan remis rempah
rencana rendam renggang renyah reog reptil republik resap resmi respon restoran restu reuni ribuan
ribut rilis rimba rimpang rindang ringan ringgit ringkas rintis risalah riset risol ritme riuh
riwayat rohani roman rompi ronda rosela roti ruas rubrik rujak ruji rujukan rukun rumah rumbai
rumit rumpun rumus runcing rupawan rupiah rutin saat sabana sabar sabda sabit sablon sabtu sabun
sagu sahabat sahaja saham sahur sains sajak salinan salju salmon salut sama sambal sambung sampai
sampul samudra sandar sanggup sangkar sangrai sanksi santap sapaan sapta sarang sardin sarjana
sasando sasaran sastra sate satelit satria satuan satwa saudara sauh sawah sawo sayap sebab sebut
sedap sedekah sedikit sedotan segala segar segel segera segi segitiga sejarah sejati sejuk sekali
sekoci sekolah sekop sekoteng sekuntum selada selamat selancar selaras selasih selat selatan
seledri seleksi selembar selesai selidik selimut selip selokan selubung seluruh semangat semangka
semarang sembako sembilan sembuh semen semesta seminar semir sempoa sempurna semua senam senang
sendiri sendok senin senja sensor sensus sentosa sentra sentuh senyum sepak sepakat sepatu sepeda
seperti sepuh sepuluh serabut seragam serai serambi serbet serbuk sereh serempak serial serigala
seru seruling seruni server servis sesuai setara setengah setia setrika setrum siaga siap siaran
sibuk sifat siklus siku silsilah siluet simak simbol simetri simpan simpati simulasi sinar sinden
sinema singgah singkat singkong singsing sinonim sinyal siomay sirih sirkus sirna sirop sirsak
sisipan sisir sistem siswa situasi situs skala skor skripsi sofa solder solusi songket sopan sopir
sore sorot sosial sosok spanduk spons stabil stadion stasiun status strategi stroberi struktur
studi suasana subur suci sudut suguh sukacita sukma sukses suling sumatra sumber sumbu sumpit
sungai suntik supel suplai surabi surplus surya susul susunan sutra swadaya swasta syair syal
syarat syukur tabib tagih tahun tajam tajuk takaran taktik talenta taman tamasya tamborin tambur
tameng tampuk tanah tanaman tangguh tanggung tangkap tani tanjak tanpa taoge tapioka taplak taraf
target taruh tasbih tatanan tebal tebing teduh tegang tegap teguk tekad teknik teknisi teks
tekstur tekun tekwan teladan telaga telapak telepon teliti telur tembakau tembang tembikar tembok
tempa tempayan tempuh temu tengah tenggara tenggiri tengok tenor tentara tentram tentu tenunan
teori tepi tepian tepung terampil terasi teratai terbit terik terima terjun termal terminal ternak
terobos terompet terong teropong tertib terumbu terus terusan tetangga tetapi tetes tidur tikar
tikung tikus timah timang timbul timlo timun tinggal tinggi tingkah tipis tirai tirta titian titip
tiup toko tomat tombol tonggak tongkat tongkol tongseng tonton topang topik toples totem tradisi
traktor trofi trombon tropis truk tuan tugu tujuan tujuh tukang tukik tulen tulis tulisan tumbuh
tumpah tumpeng tunai tunda tunggu tuntas tuntun turbin turun tutup ucap ucapan udara ufuk ujar
ujian ujung ukiran ukur ulam ulasan ulin umbi umpama umum undi unduh unggul ungkap ungkit ungu
uniform unit unsur unta untaian untuk untung upacara upah upaya urai uraian urban urusan usaha
usia utama utas utuh vaksin valid vanili variasi vektor versi veteran villa violet virtual vital
vitamin vokal voli volume wacana wadah wafer wahyu wajan wajib wakaf wakil waktu wali waluh wangi
wanita warna wartawan wasiat waspada watak wayang wedang wewangi wibawa widuri wijen wilayah
wisata wisma wisuda wortel wujud wulan yatim yayasan yoga yogurt zaitun zamrud zebra zodiak zona
`;

export const WORDS = Object.freeze(TEXT.trim().split(/\s+/));
