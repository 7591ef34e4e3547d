//! The examples of the public documentation, side by side with what they come to.

use super::tests::Sample;

#[test]
fn substrings() {
    Sample::with("N=123456789").check(&[
        ("${N:1}", "23456789"),
        ("${N:-4}", "6789"),
        ("${N:0:3}", "123"),
        ("${N:2:3}", "345"),
        ("${N:-4:3}", "678"),
        ("${N:0:-3}", "123456"),
        ("${N:2:-3}", "3456"),
        ("${N:-4:-2}", "67"),
        ("${N:20}", ""),
        ("${N:-20}", "123456789"),
        ("${N:5:-9}", ""),
        ("${N:0:99}", "123456789"),
    ]);
}

#[test]
fn expressions() {
    Sample::default().check(&[
        (
            r#"$["One Thousand Five Hundred" =~ "(T[^ ]+)"]"#,
            "Thousand",
        ),
        (r#"$["One Thousand Five Hundred" =~ "T[^ ]+"]"#, "8"),
        (r#"$["One Thousand Five Hundred" : "T[^ ]+"]"#, "0"),
        (r#"$["One Thousand Five Hundred" : "(T[^ ]+)"]"#, ""),
        (r#"$["8015551212" : "(...)"]"#, "801"),
        (r#"$["3075551212":"...(...)"]"#, "555"),
        (r#"$[! "One Thousand Five Hundred" =~ "T[^ ]+"]"#, "0"),
        (r#"$[!( "One Thousand Five Hundred" : "T[^ ]+" )]"#, "1"),
        ("$[2 + 8 / 2]", "6"),
        ("$[2+8/2]", "6"),
        ("$[(2+8)/2]", "5"),
        ("$[(3+8)/2]", "5.5"),
        ("$[TRUNC((3+8)/2)]", "5"),
        ("$[FLOOR(2.5)]", "2"),
        ("$[FLOOR(-2.5)]", "-3"),
        ("$[CEIL(2.5)]", "3"),
        ("$[CEIL(-2.5)]", "-2"),
        ("$[ROUND(2.5)]", "3"),
        ("$[ROUND(3.5)]", "4"),
        ("$[ROUND(-2.5)]", "-3"),
        ("$[RINT(2.5)]", "2"),
        ("$[RINT(3.5)]", "4"),
        ("$[RINT(-2.5)]", "-2"),
        ("$[RINT(-3.5)]", "-4"),
        ("$[TRUNC(2.5)]", "2"),
        ("$[TRUNC(3.5)]", "3"),
        ("$[TRUNC(-3.5)]", "-3"),
        ("$[1 ? 2 :: 3]", "2"),
        ("$[0 ? 2 :: 3]", "3"),
        (r#"$["" ? a :: b]"#, "b"),
        ("$[0 | 5]", "5"),
        ("$[3 | 5]", "3"),
        ("$[3 & 5]", "3"),
        ("$[3 & 0]", "0"),
        ("$[1.0 = 1]", "1"),
        ("$[a < b]", "1"),
        ("$[10 > 9]", "1"),
        ("$[-1 + 2]", "1"),
        ("$[10 % 3]", "1"),
        (r#"$["a" ~~ "b"]"#, "ab"),
        ("$[!0]", "1"),
        ("$[!5]", "0"),
    ]);
}

#[test]
fn lists_and_fields() {
    Sample::with("T=123-456-7890\nCHANNEL=SIP/321-1\nexample=ex-amp-le\nlist=a,b,c\nmac=00:11:22")
        .check(&[
            ("${CUT(T,-,2)}", "456"),
            ("${CUT(T,,1-2)}", "123-456"),
            ("${CUT(T,-,1&3)}", "123-7890"),
            ("${CUT(T,-,2-)}", "456-7890"),
            ("${CUT(T,-,-2)}", "123-456"),
            ("${CUT(T,-,9)}", ""),
            ("${CUT(CHANNEL,-,1)}", "SIP/321"),
            ("${CUT(PASSTHRU(${CUT(CHANNEL,-,1)}),/,2)}", "321"),
            ("${SORT(c:3,a:1,b:2.5)}", "a,b,c"),
            ("${FIELDQTY(example,-)}", "3"),
            ("${FIELDQTY(none,-)}", "0"),
            ("${FIELDNUM(example,-,amp)}", "2"),
            ("${FIELDNUM(example,-,x)}", "0"),
            (r"${LISTFILTER(list,\,,b)}", "a,c"),
            ("${REPLACE(mac,:)}", "001122"),
            ("${REPLACE(mac,:,-)}", "00-11-22"),
            ("${STRREPLACE(example,-,+)}", "ex+amp+le"),
            ("${STRREPLACE(example,-,+,1)}", "ex+amp-le"),
            ("${STRREPLACE(example,-)}", "example"),
        ]);
}

#[test]
fn texts() {
    Sample::with("blanks= a b ").check(&[
        ("${LEN(example)}", "7"),
        ("${FILTER(0-9,a1b2)}", "12"),
        (r"${FILTER(a-z\-,A-b)}", "-b"),
        ("${FILTER(ABC,CAB-X)}", "CAB"),
        (r#"${CSV_QUOTE("a,b" 123)}"#, r#""""a,b"" 123""#),
        ("${KEYPADHASH(Les)}", "537"),
        ("${TOUPPER(Example)}", "EXAMPLE"),
        ("${TOLOWER(Example)}", "example"),
        (
            "<${TRIM(blanks)}${LTRIM(blanks)}${RTRIM(blanks)}>",
            "<a ba b  a b>",
        ),
        ("${SPRINTF(%04d-%s-%c,12,ab,c)}", "0012-ab-c"),
        (r#"${REGEX("^[abc][0-9]$" b7)}"#, "1"),
        (r#"${REGEX("^x" b7)}"#, "0"),
        ("${BASE64_ENCODE(hello)}", "aGVsbG8="),
        ("${BASE64_DECODE(aGVsbG8=)}", "hello"),
        ("${MD5(hello)}", "5d41402abc4b2a76b9719d911017c592"),
        ("${SHA1(hello)}", "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"),
        ("${URIENCODE(a b/c)}", "a%20b%2Fc"),
        ("${URIDECODE(a%20b%2Fc)}", "a b/c"),
    ]);
}

#[test]
fn numbers() {
    Sample::with("x=4").check(&[
        ("${MATH(123%16,int)}", "11"),
        ("${MATH(8-5,int)}", "3"),
        ("${MATH(8/3)}", "2.666667"),
        ("${MATH(8/3,int)}", "2"),
        ("${MATH(15AND9,int)}", "9"),
        ("${MATH(15XOR9,int)}", "6"),
        ("${MATH(255+0,hex)}", "ff"),
        ("${MATH(65+0,char)}", "A"),
        ("${MATH(2^10,int)}", "1024"),
        ("${MATH(1<<4,int)}", "16"),
        ("${MATH(3>2)}", "TRUE"),
        ("${MATH(3==2)}", "FALSE"),
        ("${INC(x)}${x}", "55"),
        ("${DEC(x)}${x}", "44"),
        ("${ABS(-13)}", "13"),
        ("${MAX(3,7)}${MIN(3,7)}", "73"),
    ]);
}

#[test]
fn times() {
    Sample::default().check(&[
        (
            "${STRFTIME(0,UTC,%Y-%m-%d %H:%M:%S)}",
            "1970-01-01 00:00:00",
        ),
        ("${STRFTIME(0,America/Chicago,%H)}", "18"),
        ("${STRFTIME(0.5,UTC,%s %3q)}", "0 500"),
        (
            "${STRFTIME(1141219835,America/Chicago,%Y-%m-%d %H:%M:%S)}",
            "2006-03-01 07:30:35",
        ),
        (
            r#"${STRPTIME(2006-03-01 07:30:35,America/Chicago,%Y-%m-%d %H:%M:%S)}"#,
            "1141219835",
        ),
        ("${STRFTIME(,UTC,%A)}", "Tuesday"),
        (
            "${STRFTIME(0,UTC,%a %b %e %j %I %p %y %%)}",
            "Thu Jan  1 001 12 AM 70 %",
        ),
    ]);
}

#[test]
fn arrays_and_hashes() {
    Sample::with("ARRAY(v1,v2)=1,2\nHASH(h,one)=1\nHASH(h,two)=2").check(&[
        ("${v1}${v2}", "12"),
        ("${HASH(h,one)}${HASH(h,two)}${HASH(h,three)}", "12"),
    ]);
}
