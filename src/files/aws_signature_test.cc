#include "files/aws_signature.h"

#include <gtest/gtest.h>

namespace parlance::files {
namespace {

/// The examples of AWS's own documentation.
AwsKey const kKey{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1"};
constexpr Timestamp kThen = 1'369'353'600 * kSecond;  // 2013-05-24
constexpr auto kEmptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

std::string authorization(AwsRequest const& request, std::string_view payload_hash) {
  for (auto const& [name, value] : sign_headers(request, kKey, payload_hash, kThen)) {
    if (name == "Authorization") return value;
  }
  return {};
}

TEST(AwsSignature, SignsAGetWithARange) {
  AwsRequest const request{.method = "GET",
                           .host = "examplebucket.s3.amazonaws.com",
                           .path = "/test.txt",
                           .headers = {{"range", "bytes=0-9"}}};
  EXPECT_EQ(authorization(request, kEmptyHash),
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
            "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
            "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST(AwsSignature, SignsAPut) {
  AwsRequest const request{
      .method = "PUT",
      .host = "examplebucket.s3.amazonaws.com",
      .path = "/test$file.text",
      .headers = {{"date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}}};
  EXPECT_TRUE(authorization(request, "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072")
                  .ends_with("Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"));
}

TEST(AwsSignature, SignsAListing) {
  AwsRequest const request{.method = "GET",
                           .host = "examplebucket.s3.amazonaws.com",
                           .path = "/",
                           .query = {{"prefix", "J"}, {"max-keys", "2"}}};
  EXPECT_TRUE(authorization(request, kEmptyHash)
                  .ends_with("Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"));
}

TEST(AwsSignature, SignsAUrl) {
  AwsRequest const request{.method = "GET", .host = "examplebucket.s3.amazonaws.com", .path = "/test.txt"};
  EXPECT_EQ(sign_url(request, kKey, kDay, kThen),
            "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
            "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
            "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
            "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
}

}  // namespace
}  // namespace parlance::files
