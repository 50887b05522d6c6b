"""The words that passwords must not be made of: what is guessed first, here and everywhere."""

from __future__ import annotations

_GUESSED = """
123456 12345678 123456789 1234567890 987654321 qwerty qwertyuiop azerty azertyuiop qsdfghjklm asdfghjkl wxcvbn
abcdef abcdefgh abcd1234 abc123 a1b2c3 1q2w3e 1q2w3e4r 1qaz2wsx zaq12wsx aqwzsx aqwzsxedc nbvcxw poiuytreza
password passwort passe motdepasse monmotdepasse mdp secret secrete admin administrateur administrator
administration root user utilisateur invite guest test testeur changeme changezmoi default defaut letmein
welcome bienvenue bonjour bonsoir salut coucou soleil chocolat doudou loulou cheval chouchou marseille paris
france francais republique liberte egalite fraternite jetaime iloveyou iloveu amour monamour princesse
dragon monkey football soccer baseball superman batman pokemon starwars master shadow sunshine trustno1 whatever
michael nicolas camille thomas julien marine sophie isabelle nathalie philippe jean pierre marie
mairie maire commune ville village accueil secretariat etatcivil urbanisme service services agent agents
demarche demarches dossier collectivite hoteldeville informatique bureau
janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre
printemps ete automne hiver lundi mardi mercredi jeudi vendredi samedi dimanche
"""
WORDS = frozenset(_GUESSED.split())
"""However many of these a password is made of, it is guessed."""

_COMMON = """
adam adele adrien agathe alain albert alexandra alexandre alexandria alexia alexis algerie alice alicia aline alison
allemagne amanda amandine amelie amsterdam ananas andre andrea andrew angel angela angelina angels angers angleterre
animal anne annie anthony antoine antonio apple arcenciel argentina ariane arnaud arsenal arthur ashley asterix audrey
aurelie aurore austin australia auvergne axel babyboy babygirl badboy balloon banana bananas baptiste barbara barbie
barcelona barcelone basket basketball bastien batterie beach beatrice beautiful bebe belgique bella benjamin benoit
bernard bertrand bichon bigboss biscuit blanche blonde blondie bonheur bordeaux boston bouchon bourgogne boxing
bradley brandon brasil brazil bresil bretagne brigitte brittany bruno bubble bubbles buffalo bulldog butterfly
california calimero calvin camion canada canard cancer cannes caramel carlos carole caroline casper catherine cecile
celine cerise champion chance chanel changer chantal charles charlie charlotte chaton cheese chelsea cherry chicken
chien chienne chiot chipie chloe chocolate choupette christelle christian christiane christina christine christophe
christopher claire claude claudia clemence clement clochette coccinelle coconut coeur colette college compaq computer
computers cookie cooper coralie corinne corse cowboy croquette crystal damien daniel daniela danielle dauphin david
death deborah delphin delphine denis denise destiny diamant diamond diane didier dijon dinosaure disney doggie dolphin
dolphins dominique doudoune dylan eagles eclipse edouard edward eeyore electric elephant elephants elisabeth elise
elizabeth elodie emilie emily emma emmanuel enfant enfants england enzo eric erika espagne estelle eternal ethan
etienne etoile etoiles eva evelyne fabien fabienne fabrice falcon famille family fanny fantasy fatima fernando ferrari
fiction fishing florence florent florian florida flower flowers forever fraise francis francisco franck francois
francoise frederic freedom friend friends friendship fuckyou gabriel gabrielle gael galaxy garden gateau genevieve
george georges gerard germany ghislaine gilbert gilles ginger girafe gizmo goldfish golfing gorilla grandmere gregory
grenoble grenouille guadeloupe guillaume guitar guitare gustave guy hacker hannah happy harley heaven helene hello
hellokitty henri herve hockey holiday homer horses hotmail house hugo hunter ibrahim iloveme ines internet ireland
istanbul italia italie jacqueline jacques james jardin jasmine jason jeanne jennifer jeremie jeremy jerome jessica
jesus jetaimes joel johanna john jonathan jordan joseph josephine joshua josiane julia julie juliette jupiter justin
justine justme juventus karim karine katherine kevin killer kimberly kitten kitty kristina laetitia lakers lapin laura
laure lauren laurence laurent lens leonardo leopard leslie licorne lights lille lilou limoges linkinpark lionel
lionking lisa liverpool lola london looking lorraine louis louise louloute lovelove lovely loveme lover lovers loveyou
lucas lucie lucky ludivine ludovic lyon macintosh madeleine madison madrid maeva magali magic maison maman manchester
manon marc marcel margarita margaux marguerite maria mariam marianne marina marion mariposa marjorie marley maroc
martin martine martinique mathieu mathilde mathis matthew matthieu maurice maxime maxwell melanie melissa mercedes
metallica metz mexico michel michele michelle mickael mickey microsoft miguel minecraft minouche miriam mohamed
mohammed monbebe monica monique monster montpellier montreal morgane mother motorola music musique mustang mylife
mylove myriam myself myspace nadia nadine nantes natacha natalie natasha nathan nature newcastle newyork nice nicholas
nicole nimes noemie nokia normandie nothing nounours oceane odile olivia olivier orange orchidee orleans ourson panda
pantera papamaman papillon pascal pascale patrice patricia patrick paul pauline peaches peanut penguin pepper phoenix
piano picasso pierrot pineapple pirate pitchoune playboy player playstation please poisson poitiers porsche portugal
poupee precious pretty prince princess provence pumpkin puppies purple quebec rabbit rachel rainbow ranger rangers
raphael rasta raymond realmadrid rebecca redsox regine reims remi renard rene rennes requin reunion richard robert
roberto robin rocknroll rockstar roger roland romain romance romane rosebud rouen roxane rugby running russia sabrina
saintetienne samantha samsung samuel sandra sandrine sandwich sarah scooby scorpion scotland sebastian sebastien
security seigneur senegal severine sexygirl shopping silver simon simone simpson skateboard skater slipknot smile
smokey snickers snoopy snowball socrates softball solene sonia spider spiderman spirit spongebob stacey starfish
stargate startrek stephane stephanie stephen steven stitch strasbourg strawberry student summer sunflower superstar
suzanne sweetheart sweetie sweety swimming sylvain sylvie tatiana teacher teddybear temporary tennis tequila texas
theo theodore theresa thierry thunder tiffany tigger tigre tinkerbell tiphaine titanic toto toulon toulouse tournesol
tours transformers tresor trustme tunisie tweety tyler unicorn united universal vacances valentin valentine valerie
vampire vanessa vanille vendee veronica veronique victor victoria victory vincent violette virginie voiture volleyball
warrior watermelon weekend william winner winter wizard wolf wonderful xavier xbox360 yamaha yannick yasmine yellow
yohann yolande yves yvette yvonne zachary zebra zoe
"""
COMMON = frozenset(_COMMON.split()) - WORDS
"""First names, towns, teams, animals, what people like: one or two of these, and digits, are guessed. More are not."""

KEYBOARDS = (
    ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"),
    ("1234567890", "azertyuiop", "qsdfghjklm", "wxcvbn"),
)
"""The rows of keys of each keyboard, each under the one before."""
LOOK_ALIKES = str.maketrans("0134578@$€!", "oieastbasei")
"""Letters that digits and signs stand for ("p@ssw0rd")."""
