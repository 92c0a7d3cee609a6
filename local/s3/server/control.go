package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"time"

	"github.com/minio/madmin-go/v3"
	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// login is one key, with a token where it is of a session.
type login struct {
	Key    string `json:"key"`
	Secret string `json:"secret"`
	Token  string `json:"token"`
}

func root() login {
	return login{Key: os.Getenv("MINIO_ROOT_USER"), Secret: os.Getenv("MINIO_ROOT_PASSWORD")}
}

func client(who login) (*minio.Client, error) {
	return minio.New(minioAddress, &minio.Options{
		Creds:     credentials.NewStaticV4(who.Key, who.Secret, who.Token),
		Secure:    true,
		Region:    os.Getenv("REGION"),
		Transport: anyCertificate(),
	})
}

// To MinIO on this pod's own loopback.
func anyCertificate() *http.Transport {
	return &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
}

func administrator() (*madmin.AdminClient, error) {
	who := root()
	admin, err := madmin.NewWithOptions(minioAddress, &madmin.Options{
		Creds: credentials.NewStaticV4(who.Key, who.Secret, ""), Secure: true,
	})
	if err == nil {
		admin.SetCustomTransport(anyCertificate())
	}
	return admin, err
}

// answer of a request: what it returns as JSON, or why not.
type answer func(ctx context.Context, body []byte, query url.Values) (any, error)

// newControl is how a test prepares the server, and breaks it: without a login, on a port that only the cluster reaches.
func newControl(gate *gate, roles *roles) http.Handler {
	mux := http.NewServeMux()
	for pattern, of := range map[string]answer{
		"GET /ready":   ready,
		"PUT /bucket":  putBucket,
		"PUT /policy":  putPolicy,
		"PUT /user":    putUser,
		"GET /objects": objects,
		"POST /try":    try,
		"PUT /fault": func(_ context.Context, body []byte, _ url.Values) (any, error) {
			var wanted fault
			err := json.Unmarshal(body, &wanted)
			if err == nil {
				gate.set(wanted)
			}
			return wanted, err
		},
		"PUT /role": func(_ context.Context, body []byte, _ url.Values) (any, error) {
			var wanted struct {
				ARN   string   `json:"arn"`
				Trust document `json:"trust"`
			}
			err := json.Unmarshal(body, &wanted)
			if err == nil {
				roles.set(wanted.ARN, wanted.Trust)
			}
			return nil, err
		},
		// The GET that pgBackRest sends.
		"GET /assume": func(_ context.Context, _ []byte, query url.Values) (any, error) {
			recorder := httptest.NewRecorder()
			request := httptest.NewRequest(http.MethodGet, "/?"+query.Encode(), nil)
			roles.ServeHTTP(recorder, request)
			return map[string]any{"status": recorder.Code, "body": recorder.Body.String()}, nil
		},
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, request *http.Request) {
			body, err := io.ReadAll(request.Body)
			var result any
			if err == nil {
				result, err = of(request.Context(), body, request.URL.Query())
			}
			if err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			json.NewEncoder(w).Encode(result)
		})
	}
	return mux
}

func ready(ctx context.Context, _ []byte, _ url.Values) (any, error) {
	s3, err := client(root())
	if err != nil {
		return nil, err
	}
	if _, err = s3.ListBuckets(ctx); err != nil {
		return nil, err
	}
	// Users, policies and the STS come later: they wait for the issuer's keys.
	admin, err := administrator()
	if err != nil {
		return nil, err
	}
	_, err = admin.ListCannedPolicies(ctx)
	return "ready", err
}

func putBucket(ctx context.Context, body []byte, _ url.Values) (any, error) {
	var wanted struct {
		Name       string `json:"name"`
		Versioning bool   `json:"versioning"`
		ObjectLock bool   `json:"objectLock"`
	}
	if err := json.Unmarshal(body, &wanted); err != nil {
		return nil, err
	}
	s3, err := client(root())
	if err != nil {
		return nil, err
	}
	if there, err := s3.BucketExists(ctx, wanted.Name); err != nil || there {
		return nil, err
	}
	if err := s3.MakeBucket(ctx, wanted.Name, minio.MakeBucketOptions{ObjectLocking: wanted.ObjectLock}); err != nil {
		return nil, err
	}
	if wanted.Versioning && !wanted.ObjectLock {
		return nil, s3.EnableVersioning(ctx, wanted.Name)
	}
	return nil, nil
}

func putPolicy(ctx context.Context, body []byte, query url.Values) (any, error) {
	admin, err := administrator()
	if err != nil {
		return nil, err
	}
	return nil, admin.AddCannedPolicy(ctx, query.Get("name"), body)
}

func putUser(ctx context.Context, body []byte, query url.Values) (any, error) {
	var wanted login
	if err := json.Unmarshal(body, &wanted); err != nil {
		return nil, err
	}
	admin, err := administrator()
	if err != nil {
		return nil, err
	}
	if err := admin.AddUser(ctx, wanted.Key, wanted.Secret); err != nil {
		return nil, err
	}
	_, err = admin.AttachPolicy(ctx, madmin.PolicyAssociationReq{User: wanted.Key, Policies: []string{query.Get("policy")}})
	if madmin.ToErrorResponse(err).Code == "XMinioAdminPolicyChangeAlreadyApplied" {
		err = nil
	}
	return nil, err
}

func objects(ctx context.Context, _ []byte, query url.Values) (any, error) {
	s3, err := client(root())
	if err != nil {
		return nil, err
	}
	type object struct {
		Key     string `json:"key"`
		Version string `json:"version"`
		Latest  bool   `json:"latest"`
		Deleted bool   `json:"deleted"`
		Size    int64  `json:"size"`
	}
	found := []object{}
	options := minio.ListObjectsOptions{Prefix: query.Get("prefix"), Recursive: true, WithVersions: true}
	for one := range s3.ListObjects(ctx, query.Get("bucket"), options) {
		if one.Err != nil {
			return nil, one.Err
		}
		found = append(found, object{one.Key, one.VersionID, one.IsLatest, one.IsDeleteMarker, one.Size})
	}
	return found, nil
}

// try makes one call as somebody, and says what S3 answers: "ok", or the code of its error.
func try(ctx context.Context, body []byte, _ url.Values) (any, error) {
	var wanted struct {
		login
		Call    string `json:"call"`
		Bucket  string `json:"bucket"`
		Object  string `json:"object"`
		Version string `json:"version"`
	}
	if err := json.Unmarshal(body, &wanted); err != nil {
		return nil, err
	}
	s3, err := client(wanted.login)
	if err != nil {
		return nil, err
	}
	core := minio.Core{Client: s3}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	switch wanted.Call {
	case "list":
		_, err = core.ListObjectsV2(wanted.Bucket, wanted.Object, "", "", "/", 10)
	case "get":
		_, err = s3.StatObject(ctx, wanted.Bucket, wanted.Object, minio.StatObjectOptions{VersionID: wanted.Version})
		if minio.ToErrorResponse(err).Code == "" && err == nil {
			_, _, _, err = core.GetObject(ctx, wanted.Bucket, wanted.Object, minio.GetObjectOptions{VersionID: wanted.Version})
		}
	case "put":
		content := []byte("from a test")
		_, err = s3.PutObject(ctx, wanted.Bucket, wanted.Object, bytes.NewReader(content), int64(len(content)), minio.PutObjectOptions{})
	case "delete":
		err = s3.RemoveObject(ctx, wanted.Bucket, wanted.Object, minio.RemoveObjectOptions{VersionID: wanted.Version})
	case "suspend-versioning":
		err = s3.SuspendVersioning(ctx, wanted.Bucket)
	case "delete-bucket":
		err = s3.RemoveBucket(ctx, wanted.Bucket)
	default:
		return nil, fmt.Errorf("there is no call %q", wanted.Call)
	}
	if err == nil {
		return "ok", nil
	}
	if code := minio.ToErrorResponse(err).Code; code != "" {
		return code, nil
	}
	return err.Error(), nil
}
